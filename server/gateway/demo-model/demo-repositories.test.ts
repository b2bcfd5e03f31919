import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ALL_TOOLS, filesIn, type Played, play, testEnv } from "./demo-harness";
import { type FixtureRepository, fixtureRepositories } from "./fixture-repositories";

const run = promisify(execFile);
const modules = fileURLToPath(new URL("../../../node_modules", import.meta.url));
const withoutCommand = ALL_TOOLS.filter((name) => name !== "command");
const FIVE = [0, 1, 2, 3, 4];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "repo-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function lay(tree: string, files: Record<string, string>): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), text);
  }
  return tree;
}

const contents = async (tree: string): Promise<Record<string, string>> =>
  Object.fromEntries(
    await Promise.all((await filesIn(tree)).map(async (path) => [path, await readFile(join(tree, path), "utf8")] as const)),
  );

/** Plays all five, each in a tree of its own. */
async function five(
  { files }: Pick<FixtureRepository, "files">,
  prompt: string,
  tools = withoutCommand,
): Promise<{ tree: string; played: Played; after: Record<string, string> }[]> {
  return Promise.all(
    FIVE.map(async (variation) => {
      const tree = await lay(join(folder, `${variation}`), files);
      const played = await play(tree, prompt, variation, tools);
      return { tree, played, after: await contents(tree) };
    }),
  );
}

/** Tools look for their own settings at home, and tests must not. */
const toolEnv = () => ({
  ...testEnv(),
  HOME: folder,
  GOFLAGS: "-mod=mod",
  GOCACHE: join(tmpdir(), "demo-go-cache"),
  CARGO_TARGET_DIR: join(folder, "target"),
  RUSTUP_HOME: process.env.RUSTUP_HOME ?? join(process.env.HOME ?? "", ".rustup"),
});

/** A tool that is there may still have nothing to run: rustup without a toolchain. */
const hasTool = async (tool: string): Promise<boolean> =>
  tool === "sh" ||
  tool.startsWith("node_modules/") ||
  run(tool, tool === "go" ? ["version"] : ["--version"], { env: toolEnv() }).then(
    () => true,
    () => false,
  );

describe.each(fixtureRepositories)("$name", (repository) => {
  test.each(["Make the error handling more robust", "Please improve something", "Write docs and a test"])(
    "five different changes: %s",
    async (prompt) => {
      const all = await five(repository, prompt);
      for (const { played } of all) expect(played.calls.filter(({ ok }) => !ok)).toEqual([]);
      expect(new Set(all.map(({ after }) => JSON.stringify(after))).size).toBe(5);
      for (const { after } of all) {
        expect(Object.keys(after).filter((path) => path.startsWith("notes/"))).toEqual([]);
        // Small: that is the promise.
        const changed = Object.entries(after).filter(([path, text]) => repository.files[path] !== text);
        expect(changed.length).toBeGreaterThan(0);
        expect(changed.length).toBeLessThanOrEqual(4);
      }
    },
  );

  test("the repository's own tests and the new ones pass", { timeout: 240_000 }, async (context) => {
    if (!(await hasTool(repository.tool))) return context.skip(`${repository.tool} is not installed`);
    const all = await five(repository, "Add validation and a test");
    // Compilers take their time: two of the five, with code, tests and documents, stand for all.
    const some = /^(JavaScript|Python|Go)$/.test(repository.name) ? all : [all[1], all[4]].filter((each) => each !== undefined);
    for (const { tree } of some) {
      if (repository.tool.startsWith("node_modules/")) await symlink(modules, join(tree, "node_modules"));
      const [program = "", ...args] = repository.test;
      await expect(run(program, args, { cwd: tree, env: toolEnv() }), tree).resolves.toBeDefined();
      if (repository.name === "Go") expect((await run("gofmt", ["-l", "."], { cwd: tree })).stdout).toBe("");
    }
  });
});

test("Windows line ends stay", async () => {
  const [repository] = fixtureRepositories;
  const files = Object.fromEntries(Object.entries(repository?.files ?? {}).map(([path, text]) => [path, text.replaceAll("\n", "\r\n")]));
  for (const { after } of await five({ files }, "Please improve something")) {
    for (const [path, text] of Object.entries(after)) if (path in files) expect(text.replaceAll("\r\n", ""), path).not.toMatch(/[\r\n]/);
  }
});

test("the prompt decides: a name, a kind, a word to rename", async () => {
  const [repository] = fixtureRepositories;
  if (repository === undefined) throw new Error("no fixture");
  const [named] = await five(repository, "Document `readTimeout`");
  expect(named?.after["lib/pairs.js"]).toMatch(/\* Reads the timeout\.[^/]*\*\/\nfunction readTimeout/);
  const renamed = await five(repository, "Rename readTimeout to timeoutOf");
  for (const { after } of renamed) {
    expect(Object.values(after).join("")).not.toContain("readTimeout");
    expect(after["test/pairs.test.js"]).toContain("timeoutOf({ timeout: 99999 })");
  }
  const [typo] = await five({ files: { "README.md": "# A\n\nWe recieve the the letter.\n" } }, "Fix the typos");
  expect(typo?.after["README.md"]).toBe("# A\n\nWe receive the letter.\n");
});

test("a change that fails its check is taken back, and a document is changed instead", async () => {
  const [repository] = fixtureRepositories;
  const tree = await lay(join(folder, "t"), repository?.files ?? {});
  // A `node` that finds fault with everything.
  await lay(folder, { "bin/node": '#!/bin/sh\n[ "$1" = --version ] && exit 0\necho broken; exit 1\n' });
  await run("chmod", ["+x", join(folder, "bin/node")]);
  const path = process.env.PATH;
  process.env.PATH = `${join(folder, "bin")}:${path}`;
  try {
    const played = await play(tree, "Make the error handling more robust", 0);
    const after = await contents(tree);
    expect(after["lib/pairs.js"]).toBe(repository?.files["lib/pairs.js"]);
    expect(after["README.md"]).not.toBe(repository?.files["README.md"]);
    expect(String(played.calls.at(-1)?.input.summary)).toContain("taken back");
  } finally {
    process.env.PATH = path;
  }
});
