import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type MessagesRequest, messagesRequestSchema } from "../messages-request";
import { demoTurn } from "./demo-model";
import type { DemoToolCall } from "./demo-turn";

const run = promisify(execFile);
const sample = fileURLToPath(new URL("../../../sample/todo", import.meta.url));
const ALL = ["list", "search", "read", "write", "edit", "command", "plan", "finish"];
const FIVE = [0, 1, 2, 3, 4];

let tree: string;
beforeEach(async () => {
  tree = await mkdtemp(join(tmpdir(), "demo-"));
});
afterEach(() => rm(tree, { recursive: true, force: true }));

/** The agent's tools, as small as they can be; throws where the real ones fail. */
async function perform({ name, input }: DemoToolCall): Promise<string> {
  const path = (): string => join(tree, String(input.path));
  if (name === "list") return (await files()).join("\n") || "(no files)";
  if (name === "search") {
    const found = await Promise.all(
      (await files()).map(async (file) => {
        const lines = (await readFile(join(tree, file), "utf8")).split("\n");
        return lines.flatMap((line, index) => (line.toLowerCase().includes(String(input.pattern)) ? [`${file}:${index + 1}:${line}`] : []));
      }),
    );
    return found.flat().join("\n");
  }
  if (name === "read") {
    const lines = (await readFile(path(), "utf8")).split("\n");
    const shown = lines.slice(0, 2000).map((line, index) => `${index + 1}\t${line}`);
    return [...shown, ...(lines.length > 2000 ? [`[... ${lines.length - 2000} more lines]`] : [])].join("\n");
  }
  if (name === "write") {
    await mkdir(dirname(path()), { recursive: true });
    await writeFile(path(), String(input.content));
    return "written";
  }
  if (name === "edit") {
    const text = await readFile(path(), "utf8");
    if (text.split(String(input.old)).length !== 2) throw new Error("The old text is not there exactly once.");
    await writeFile(path(), text.split(String(input.old)).join(String(input.new)));
    return "edited";
  }
  if (name === "command") return (await run("sh", ["-c", String(input.command)], { cwd: tree, env: testEnv() })).stdout;
  return "ok";
}

/** Without what a test runner tells its children: Node's own runner would take itself for one of them. */
function testEnv(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: "test" };
}

async function files(): Promise<string[]> {
  const entries = await readdir(tree, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(tree.length + 1))
    .sort();
}

interface Played {
  turns: number;
  text: string;
  calls: { name: string; input: Record<string, unknown>; ok: boolean; result: string }[];
}

/** Plays a whole run the way an agent does; `broken` tools always fail. */
async function play(prompt: string, variation: number, offered = ALL, broken: readonly string[] = []): Promise<Played> {
  const messages: unknown[] = [{ role: "user", content: prompt }];
  const played: Played = { turns: 0, text: "", calls: [] };
  for (;;) {
    const request: MessagesRequest = messagesRequestSchema.parse({ model: "demo", messages, tools: offered.map((name) => ({ name })) });
    const turn = demoTurn(request, variation);
    expect(demoTurn(request, variation)).toEqual(turn);
    played.turns += 1;
    played.text += `${turn.text}\n`;
    expect(played.turns).toBeLessThanOrEqual(14);
    const results: unknown[] = [];
    const uses = turn.tools.map((call, index) => ({ type: "tool_use", id: `t${played.turns}-${index}`, ...call }));
    for (const { id, name, input } of uses) {
      expect(offered).toContain(name);
      const outcome = await (broken.includes(name) ? Promise.reject(new Error("broken")) : perform({ name, input })).then(
        (result) => ({ ok: true, result }),
        (error: unknown) => ({ ok: false, result: String(error) }),
      );
      played.calls.push({ name, input, ...outcome });
      results.push({ type: "tool_result", tool_use_id: id, is_error: !outcome.ok, content: [{ type: "text", text: outcome.result }] });
    }
    if (uses.length === 0 || uses.some(({ name }) => name === "finish")) return played;
    messages.push({ role: "assistant", content: [{ type: "text", text: turn.text }, ...uses] }, { role: "user", content: results });
  }
}

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

test("a sample that is already mended gets notes instead", async () => {
  await cp(sample, tree, { recursive: true });
  await play("Fix the order", 0);
  const again = await play("Fix the order", 1);
  expect(summaryOf(again)).toContain("notes/aideator-b.md");
});

test("any other repository: a note, and a pointer to it in a real line of the README", async () => {
  await writeFile(join(tree, "README.md"), "# Thing\n\nA thing.\n\n```sh\n# no heading\n```\n\n## Use\n\nUse it.\n\n## Use it twice\n");
  await writeFile(join(tree, "retry.ts"), "export function retry(): void {}\n// $& `odd` \\ \u0001 characters\n");
  const readmes = new Set<string>();
  for (const variation of FIVE) {
    const played = await play("Retry requests when the server is overloaded", variation);
    expect(played.calls.filter(({ ok }) => !ok)).toEqual([]);
    const letter = "abcde"[variation];
    expect(await readFile(join(tree, `notes/aideator-${letter}.md`), "utf8")).toContain("> Retry requests when");
    readmes.add(await readFile(join(tree, "README.md"), "utf8"));
  }
  const readme = [...readmes].at(-1) ?? "";
  expect(readmes.size).toBe(5);
  for (const letter of "ABCDE") expect(readme).toContain(`> Demo note ${letter}: see \`notes/aideator-${letter.toLowerCase()}.md\`.`);
  expect(readme).toContain("```sh\n# no heading\n```");
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
  expect(await files()).toContain("notes/aideator-d.md");
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
