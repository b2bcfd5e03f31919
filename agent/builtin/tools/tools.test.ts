import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AgentEvent } from "@/lib/run/events";
import { createProcessTable, type ProcessTable } from "../processes";
import { openWorkspace, type Workspace } from "../workspace";
import { commandTool } from "./command";
import { editTool } from "./edit";
import { listTool } from "./list";
import { readTool } from "./read";
import { searchTool } from "./search";
import type { Tool, ToolResult } from "./tool";
import { writeTool } from "./write";

let folder: string;
let workspace: Workspace;
let shown: { stream: string; text: string }[];
let stated: AgentEvent[];
let base: string;
let processes: ProcessTable;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aid-tools-"));
  const tree = join(folder, "tree");
  await mkdir(join(tree, "src"), { recursive: true });
  await writeFile(join(tree, "src/one.ts"), "const a = 1;\nconst b = 2;\nconst a2 = 1;\n");
  await writeFile(join(tree, "ünï cödé.txt"), "grüße\n");
  await writeFile(join(tree, ".gitignore"), "ignored/\n");
  await mkdir(join(tree, "ignored"));
  await writeFile(join(tree, "ignored/secret.txt"), "const a = 1;\n");
  await writeFile(join(folder, "outside.txt"), "outside");
  await symlink(join(folder, "outside.txt"), join(tree, "leads-out"));
  const git = (...args: string[]): string => execFileSync("git", args, { cwd: tree, encoding: "utf8" });
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-qm", "base");
  base = git("rev-parse", "HEAD").trim();
  workspace = await openWorkspace(tree);
  shown = [];
  stated = [];
  processes = createProcessTable();
});
afterEach(async () => {
  processes.endAll();
  await rm(folder, { recursive: true, force: true });
});

function call(tool: Tool, input: unknown): Promise<ToolResult> {
  return tool.execute(input, {
    workspace,
    base,
    callId: "c1",
    processes,
    deadline: new AbortController().signal,
    show: (stream, text) => void shown.push({ stream, text }),
    state: (event) => void stated.push(event),
  });
}

const content = (path: string): Promise<string> => readFile(join(workspace.root, path), "utf8");

describe("paths", () => {
  it.each(["../outside.txt", "/etc/passwd", "src/../../outside.txt", "leads-out", ".git/config", ".GIT/hooks/pre-commit", "a\0b"])(
    "refuses %j for reading and writing",
    async (path) => {
      expect(await call(readTool, { path })).toMatchObject({ ok: false });
      expect(await call(writeTool, { path, content: "x" })).toMatchObject({ ok: false });
      expect(await call(editTool, { path, old: "o", new: "x" })).toMatchObject({ ok: false });
      expect(await readFile(join(folder, "outside.txt"), "utf8")).toBe("outside");
    },
  );

  it("takes absolute paths inside the tree", async () => {
    expect(await call(readTool, { path: join(workspace.root, "src/one.ts") })).toMatchObject({ ok: true, summary: "1–3" });
  });
});

describe("reading", () => {
  it("lists what git sees: tracked and new, not ignored, not deleted", async () => {
    await writeFile(join(workspace.root, "src/new.ts"), "");
    await rm(join(workspace.root, "leads-out"));
    const { content: files } = await call(listTool, {});
    expect(files.split("\n").sort()).toEqual([".gitignore", "src/new.ts", "src/one.ts", "ünï cödé.txt"].sort());
    expect((await call(listTool, { path: "src" })).content.split("\n").sort()).toEqual(["src/new.ts", "src/one.ts"]);
  });

  it("numbers lines and says what is left", async () => {
    expect((await call(readTool, { path: "src/one.ts", from: 2, to: 2 })).content).toBe("2\tconst b = 2;");
    await writeFile(join(workspace.root, "long.txt"), Array.from({ length: 2_000 }, (_, at) => `line ${at + 1}`).join("\n"));
    const { content: text, summary } = await call(readTool, { path: "long.txt" });
    expect(text.endsWith("[... 500 more lines]")).toBe(true);
    expect(summary).toBe("1–1500");
  });

  it("does not show binary files", async () => {
    await writeFile(join(workspace.root, "binary"), Buffer.from([1, 0, 2]));
    expect(await call(readTool, { path: "binary" })).toMatchObject({ ok: false, summary: "binary" });
  });

  it("searches by expression and says when there is nothing or the expression is wrong", async () => {
    expect(await call(searchTool, { pattern: "const a[0-9]? =" })).toMatchObject({
      summary: "2 hits",
      content: "src/one.ts:1:const a = 1;\nsrc/one.ts:3:const a2 = 1;",
    });
    expect(await call(searchTool, { pattern: "GRÜSSE|grüße", path: "ünï cödé.txt" })).toMatchObject({ summary: "1 hit" });
    expect(await call(searchTool, { pattern: "nowhere" })).toMatchObject({ content: "(no hits)" });
    expect(await call(searchTool, { pattern: "(" })).toMatchObject({ ok: false });
    expect(await call(searchTool, { pattern: "--open-files-in-pager=touch pwned" })).toMatchObject({ content: "(no hits)" });
  });
});

describe.each(["ripgrep", "git"])("searching with %s", (engine) => {
  const path = process.env.PATH;
  beforeEach(async () => {
    if (engine === "ripgrep") return;
    // Only git is there.
    const bin = join(folder, "bin");
    await mkdir(bin);
    await symlink(execFileSync("which", ["git"], { encoding: "utf8" }).trim(), join(bin, "git"));
    process.env.PATH = bin;
  });
  afterEach(() => {
    process.env.PATH = path;
  });

  it("finds the same, with Perl's classes, names, context and case", async () => {
    expect((await call(searchTool, { pattern: "const a\\d? =" })).content).toBe("src/one.ts:1:const a = 1;\nsrc/one.ts:3:const a2 = 1;");
    expect((await call(searchTool, { pattern: "CONST B", ignore_case: true })).content).toBe("src/one.ts:2:const b = 2;");
    expect((await call(searchTool, { pattern: "a =", context: 1, path: "src" })).content).toBe(
      "src/one.ts:1:const a = 1;\nsrc/one.ts-2-const b = 2;",
    );
    expect((await call(searchTool, { pattern: "gr", glob: "*.txt" })).summary).toBe("1 hit");
    expect((await call(searchTool, { pattern: "const", glob: "*.txt" })).summary).toBe("0 hits");
    expect(await call(searchTool, { pattern: "(" })).toMatchObject({ ok: false, summary: "wrong pattern" });
    await writeFile(join(workspace.root, "src/new.ts"), "const brand = 1;\n");
    expect((await call(searchTool, { pattern: "brand" })).content).toBe("src/new.ts:1:const brand = 1;");
    expect((await call(searchTool, { pattern: "ignoreMe|ignored/" })).content).toBe(".gitignore:1:ignored/");
  });
});

describe("changing", () => {
  it("replaces exactly one place, also when the new text looks like a pattern", async () => {
    const result = await call(editTool, { path: "src/one.ts", old: "b = 2", new: "b = '$& $1'" });
    expect(result).toMatchObject({ ok: true, summary: "+1 −1" });
    expect(await content("src/one.ts")).toBe("const a = 1;\nconst b = '$& $1';\nconst a2 = 1;\n");
    expect(shown[0]?.text).toContain("-const b = 2;\n+const b = '$& $1';");
    expect(stated).toEqual([{ type: "file.changed", path: "src/one.ts", status: "modified", added: 1, deleted: 1 }]);
  });

  it("does not guess which of several places is meant", async () => {
    expect(await call(editTool, { path: "src/one.ts", old: "= 1", new: "= 3" })).toMatchObject({ ok: false, summary: "2 places" });
    expect(await call(editTool, { path: "src/one.ts", old: "= 1", new: "= 3", all: true })).toMatchObject({ ok: true, summary: "+2 −2" });
    expect(await call(editTool, { path: "src/one.ts", old: "gone", new: "" })).toMatchObject({ ok: false, summary: "not found" });
    expect(await call(editTool, { path: "none", old: "a", new: "" })).toMatchObject({ ok: false, summary: "no such file" });
  });

  it("says where the several places are, also when they span lines", async () => {
    await writeFile(join(workspace.root, "rows.txt"), "a\nb\nx\na\nb\na\nb\n");
    expect((await call(editTool, { path: "rows.txt", old: "a\nb", new: "c" })).content).toContain("3 times, at lines 1, 4, 6");
  });

  it("shows the nearest lines of what is not there", async () => {
    const { content: near } = await call(editTool, { path: "src/one.ts", old: "const b = 3;", new: "" });
    expect(near).toContain("2\tconst b = 2;");
    const { content: space } = await call(editTool, { path: "src/one.ts", old: "const  b  =  2;", new: "" });
    expect(space).toContain("differs in white space only");
    expect((await call(editTool, { path: "src/one.ts", old: "2\tconst b = 2;", new: "" })).content).toContain("line numbers");
    expect((await call(editTool, { path: "src/one.ts", old: "ξξξ ψψψ", new: "" })).content).toContain("Nothing in the file");
  });

  it("makes folders and counts against the base, not against the last write", async () => {
    await call(writeTool, { path: "a b/c.txt", content: "1\n2\n" });
    await call(writeTool, { path: "a b/c.txt", content: "1\n2\n3\n" });
    expect(stated.at(-1)).toEqual({ type: "file.changed", path: "a b/c.txt", status: "added", added: 3, deleted: 0 });
  });

  it("tells the model which field of its input is wrong", async () => {
    expect((await call(writeTool, { path: "x" })).content).toContain("content");
    expect((await call(writeTool, undefined)).ok).toBe(false);
  });
});

describe("commands", () => {
  it("shows output as it comes and answers the exit code", async () => {
    const result = await call(commandTool, { command: "echo out; echo err >&2; exit 3" });
    expect(result).toMatchObject({ ok: false, exitCode: 3, summary: "exit code 3" });
    expect(shown).toContainEqual({ stream: "stdout", text: "out\n" });
    expect(shown).toContainEqual({ stream: "stderr", text: "err\n" });
  });

  it("ends what takes too long, and what it left in the background", async () => {
    const begin = performance.now();
    expect(await call(commandTool, { command: "sleep 60", seconds: 0.2 })).toMatchObject({ ok: false, summary: "stopped after 0.2 s" });
    expect(await call(commandTool, { command: "sleep 60 & echo started" })).toMatchObject({ ok: true });
    expect(performance.now() - begin).toBeLessThan(20_000);
  });

  it("bounds what is shown and keeps head and tail for the model", async () => {
    const result = await call(commandTool, { command: "echo first; head -c 3000000 /dev/zero | tr '\\0' x; echo; echo last" });
    expect(shown.reduce((sum, { text }) => sum + text.length, 0)).toBe(1_000_000);
    expect(stated).toEqual([{ type: "output.truncated", callId: "c1", droppedBytes: 2_000_012, limitBytes: 1_000_000 }]);
    // Where the pieces are cut is the pipe's business.
    const whole = shown.map(({ text }) => text).join("");
    expect(whole.startsWith("first\nx")).toBe(true);
    expect(whole.endsWith("x\nlast\n")).toBe(true);
    expect(result.content.length).toBeLessThan(31_000);
    expect(result.content.startsWith("first")).toBe(true);
    expect(result.content).toContain("last\n\n[exit code 0]");
  });
});
