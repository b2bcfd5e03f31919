import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ALL_TOOLS as ALL, filesIn, type Played, play as playIn, testEnv } from "./demo-harness";

const run = promisify(execFile);
const sample = fileURLToPath(new URL("../../../sample/todo", import.meta.url));
const FIVE = [0, 1, 2, 3, 4];

let tree: string;
beforeEach(async () => {
  tree = await mkdtemp(join(tmpdir(), "demo-"));
});
afterEach(() => rm(tree, { recursive: true, force: true }));

const files = (): Promise<string[]> => filesIn(tree);
const play = (prompt: string, variation: number, offered?: string[], broken?: readonly string[]): Promise<Played> =>
  playIn(tree, prompt, variation, offered, broken);
const summaryOf = ({ calls }: Played): string => String(calls.find(({ name }) => name === "finish")?.input.summary);

test.each(FIVE)("variation %i mends the sample for real, and its tests pass", async (variation) => {
  await cp(sample, tree, { recursive: true });
  const before = await files();
  const played = await play("Keep the order of the todo list after a reload, and cover it with a test.", variation);
  expect(played.calls.filter(({ ok }) => !ok)).toEqual([]);
  expect(summaryOf(played)).toMatch(/passes\./);
  expect(played.text.match(/demo model/g)).toHaveLength(1);
  const added = (await files()).filter((path) => !before.includes(path));
  expect(added).toHaveLength(1);
  const { stdout } = await run("npm", ["test"], { cwd: tree, env: testEnv() });
  expect(stdout).toMatch(/# fail 0/);
  // The new test is one: without the change it fails.
  await cp(join(sample, "src/storage.js"), join(tree, "src/storage.js"));
  await expect(run("node", ["--test", ...added], { cwd: tree, env: testEnv() })).rejects.toThrow();
});

test("five variations make five different changes", async () => {
  const seen = new Set<string>();
  const tests = new Set<string>();
  for (const variation of FIVE) {
    await cp(sample, tree, { recursive: true, force: true });
    await play(
      "Keep the order",
      variation,
      ALL.filter((name) => name !== "command"),
    );
    seen.add(await readFile(join(tree, "src/storage.js"), "utf8"));
    for (const file of await readdir(join(tree, "test"))) tests.add(file);
  }
  expect(seen.size).toBe(5);
  expect(tests.size).toBe(3 + 5);
});

test("commands are left alone where they are not offered, and the summary says so", async () => {
  await cp(sample, tree, { recursive: true });
  const played = await play(
    "Fix it",
    0,
    ALL.filter((name) => name !== "command"),
  );
  expect(played.calls.map(({ name }) => name)).not.toContain("command");
  expect(summaryOf(played)).toContain("commands are off");
});

test("a sample that is already mended gets another small change", async () => {
  await cp(sample, tree, { recursive: true });
  await play("Fix the order", 0);
  const again = await play("Fix the order", 1);
  expect(again.calls.filter(({ ok }) => !ok)).toEqual([]);
  expect(summaryOf(again)).toContain("a script without any AI");
});

test("where it can change nothing, it leaves a note and a pointer to it, and says so", async () => {
  await writeFile(join(tree, "README.md"), "# Thing\n\nA thing.\n");
  await writeFile(join(tree, "retry.c"), "int retry;\n// $& `odd` \\ \u0001 characters\n");
  const played = await play("Retry requests when the server is overloaded", 0);
  expect(played.calls.filter(({ ok }) => !ok)).toEqual([]);
  if (summaryOf(played).includes("notes/"))
    expect(await readFile(join(tree, "notes/aideator-a.md"), "utf8")).toContain("> Retry requests when");
});

test.each([
  ["an empty repository", {}],
  ["a repository without text", { "a.bin": "\u0000\u0001\uFFFD" }],
  ["Windows line ends", { "README.md": "# Title\r\n\r\nText\r\n", "src/main.c": "int main;\r\n" }],
  ["a README of odd lines", { "README.md": "\uFFFD\uFFFD\uFFFD\uFFFD\nsame\nsame\n\t\n" }],
  ["a long README", { "README.md": Array.from({ length: 3000 }, (_, index) => `## Part ${index}.`).join("\n") }],
])("%s is no trouble", async (_, tree_) => {
  for (const [path, text] of Object.entries(tree_)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), text);
  }
  const played = await play("Überprüfe die Größe 🌍 of [brackets] (and) `ticks`\n> and quotes", 3);
  expect(played.calls.filter(({ ok }) => !ok)).toEqual([]);
  expect(played.calls.at(-1)?.name).toBe("finish");
});

test.each([["list"], ["search"], ["read"], ["write"], ["edit"], ["command"], ["plan"]])("a failing %s does not stop it", async (tool) => {
  await cp(sample, tree, { recursive: true });
  const played = await play("Keep the order of the list", 3, ALL, [tool]);
  expect(played.calls.at(-1)?.name).toBe("finish");
  if (tool === "command") expect(summaryOf(played)).toContain("did **not** pass");
  if (tool === "list") expect(summaryOf(played)).toContain("Not everything went well");
  if (tool === "write" || tool === "edit") expect(summaryOf(played)).toContain("This is **not** whole");
});

test.each(ALL)("without %s it still comes to an end", async (tool) => {
  await cp(sample, tree, { recursive: true });
  const played = await play(
    "Keep the order of the list",
    2,
    ALL.filter((name) => name !== tool),
  );
  expect(played.turns).toBeLessThan(14);
  if (tool === "edit") expect(summaryOf(played)).toContain("`src/storage.js` could not be changed");
});

test("without any tool it only talks", async () => {
  const { turns, text } = await play("Hello", 0, []);
  expect(turns).toBe(1);
  expect(text).toContain("demo model");
});
