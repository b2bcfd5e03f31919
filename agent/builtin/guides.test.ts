import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createGuides, type Guides } from "./guides";
import { openWorkspace } from "./workspace";

let folder: string;
let guides: Guides;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aid-guides-"));
  await mkdir(join(folder, "tree"));
  guides = createGuides(await openWorkspace(join(folder, "tree")));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, "tree", path)), { recursive: true });
    await writeFile(join(folder, "tree", path), text);
  }
}
const at = (path: string): string => join(folder, "tree", path);

it("is silent where there is none", async () => {
  expect(await guides.root()).toBeUndefined();
  expect(await guides.near([at("a/b.ts")])).toBeUndefined();
});

it("follows imports four deep, in circles only once, and never out of the tree", async () => {
  await put({
    "AGENTS.md": "zero @1.md @../secret.md",
    "1.md": "one @2.md @AGENTS.md",
    "2.md": "two @3.md",
    "3.md": "three @4.md",
    "4.md": "four @5.md",
    "5.md": "five",
  });
  await writeFile(join(folder, "secret.md"), "secret");
  await symlink(join(folder, "secret.md"), at("CLAUDE.md"));
  const text = (await guides.root()) ?? "";
  expect(text.match(/zero|one|two|three|four|five|secret(?!\.md)/g)).toEqual(["zero", "one", "two", "three", "four"]);
});

it("is bounded: by file, in all, and by number of files", async () => {
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`part-${n}.md`, `part ${n}.`]));
  await put({
    "AGENTS.md": `${"x".repeat(40_000)}`,
    "CLAUDE.md": Object.keys(many)
      .map((name) => `@${name}`)
      .join("\n"),
    ...many,
  });
  const text = (await guides.root()) ?? "";
  expect(text.match(/x+/)?.[0]).toHaveLength(32_000);
  expect(text.match(/part \d+\./g)?.length).toBeLessThan(20);
  await put({
    "AGENTS.md": "@a.md @b.md @c.md @d.md",
    "CLAUDE.md": "",
    ...Object.fromEntries(["a.md", "b.md", "c.md", "d.md"].map((name) => [name, "y".repeat(32_000)])),
  });
  const again = createGuides(await openWorkspace(join(folder, "tree")));
  expect((await again.root())?.length).toBeLessThan(97_000);
});

it("tells of a folder once, outermost first, and again when it was forgotten", async () => {
  await put({ "AGENTS.md": "root", "a/AGENTS.md": "outer", "a/b/CLAUDE.md": "inner @../../AGENTS.md" });
  await guides.root();
  expect(await guides.near([at("a/b/c.ts"), at("a/d.ts")])).toBe("a/AGENTS.md:\nouter\n\na/b/CLAUDE.md:\ninner @../../AGENTS.md");
  expect(await guides.near([at("a/b/e.ts")])).toBeUndefined();
  guides.forget();
  expect(await guides.near([at("a/d.ts")])).toBe("a/AGENTS.md:\nouter");
});
