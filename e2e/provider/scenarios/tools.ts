import { existsSync, readFileSync } from "node:fs";
import { expect } from "vitest";
import { finish, ofType, resultsOf, type Scenario, tool, uses } from "../scenario";

const source = "export function add(a: number, b: number) {\n  return a - b;\n}\n\nexport function same(a: number) {\n  return a;\n}\n";

/** Dead processes whose parent is gone may wait to be collected. */
function isRunning(pid: string): boolean {
  expect(pid).toMatch(/^\d+$/);
  return existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}

/** What the tools do, and what the model reads of it. */
export const toolScenarios: Scenario[] = [
  {
    name: "the whole round: plan, list, search, read, edit, write, command, finish; thinking goes back with its signature",
    files: { "src/add.ts": source, "README.md": "# Sums\n" },
    replies: [
      uses(
        { thinking: "Where is the sum? Zuerst müß ich schauen 🔍." },
        { text: "I look around." },
        tool("plan", { items: [{ text: "Fix", status: "in_progress" }] }),
        tool("list", {}),
      ),
      uses({ thinking: "Search." }, { redacted: "b3BhcXVl" }, tool("search", { pattern: "return \\w+ - \\w+", path: "src" })),
      uses(tool("read", { path: "src/add.ts" })),
      uses({ text: "Found it." }, tool("edit", { path: "src/add.ts", old: "a - b", new: "a + b" })),
      uses(tool("write", { path: "docs/sums.md", content: "Sums add.\n" })),
      uses(tool("command", { command: "grep -c '+' src/add.ts" })),
      uses(tool("plan", { items: [{ text: "Fix", status: "completed" }] }), tool("finish", { summary: "Fixed **add**." })),
    ],
    check({ end, calls, lines, read, text }) {
      expect(end).toEqual({ type: "agent.finished", summary: "Fixed **add**." });
      expect(read("src/add.ts")).toContain("return a + b;");
      expect(read("docs/sums.md")).toBe("Sums add.\n");
      expect(text).toBe("I look around.Found it.");
      expect(
        ofType(lines, "thinking.delta")
          .map((line) => line.text)
          .join(""),
      ).toBe("Where is the sum? Zuerst müß ich schauen 🔍.Search.");
      expect(resultsOf(calls[1])[1]?.content.split("\n").sort()).toEqual(["README.md", "src/add.ts"]);
      expect(resultsOf(calls[2])[0]?.content).toBe("src/add.ts:2:  return a - b;");
      expect(resultsOf(calls[3])[0]?.content).toContain("2\t  return a - b;");
      expect(resultsOf(calls[6])[0]?.content).toBe("1\n\n[exit code 0]");
      expect(ofType(lines, "file.changed")).toMatchObject([
        { path: "src/add.ts", status: "modified", added: 1, deleted: 1 },
        { path: "docs/sums.md", status: "added", added: 1 },
      ]);
      expect(ofType(lines, "plan.updated").at(-1)?.items).toEqual([{ text: "Fix", status: "completed" }]);
      // From the second call on nearly everything comes from the provider's cache.
      const [, ...later] = calls.map(({ charge }) => charge);
      for (const charge of later) expect(charge?.cacheReadTokens).toBeGreaterThan((charge?.inputTokens ?? 0) + 500);
      expect(calls.every(({ charge }) => (charge?.inputTokens ?? 99) === 0)).toBe(true);
    },
  },
  {
    name: "parallel calls: reads at once, changes in their order, one failure beside them; results in one message in the calls' order",
    files: { "a.txt": "one\n", "b.txt": "two\n" },
    replies: [
      uses(
        tool("read", { path: "a.txt" }, "toolu_1"),
        tool("read", { path: "b.txt" }, "toolu_2"),
        tool("edit", { path: "a.txt", old: "one", new: "1" }, "toolu_3"),
        tool("edit", { path: "a.txt", old: "1", new: "uno" }, "toolu_4"),
        tool("read", { path: "missing.txt" }, "toolu_5"),
        tool("read", { path: "a.txt" }, "toolu_6"),
        tool("finish", { summary: "too early" }, "toolu_7"),
      ),
      finish(),
    ],
    check({ end, calls, read }) {
      const results = resultsOf(calls[1]);
      expect(results.map(({ id }) => id)).toEqual(["toolu_1", "toolu_2", "toolu_3", "toolu_4", "toolu_5", "toolu_6", "toolu_7"]);
      expect(results.map(({ isError }) => isError)).toEqual([false, false, false, false, true, false, true]);
      expect(results[5]?.content).toBe("1\tuno");
      expect(results[6]?.content).toContain("another call of the same answer failed");
      expect(read("a.txt")).toBe("uno\n");
      expect(end).toEqual({ type: "agent.finished", summary: "All done." });
    },
  },
  {
    name: "25 calls in one answer: the cache is still found, though a mark looks back only 20 blocks",
    files: Object.fromEntries(Array.from({ length: 25 }, (_, n) => [`f${n}.txt`, `${n}\n`.repeat(40)])),
    replies: [uses(tool("list", {})), uses(...Array.from({ length: 25 }, (_, n) => tool("read", { path: `f${n}.txt` }))), finish()],
    check({ calls, end }) {
      expect(end?.type).toBe("agent.finished");
      const [, second, third] = calls.map(({ charge }) => charge);
      expect(third?.cacheReadTokens).toBe((second?.cacheReadTokens ?? 0) + (second?.cacheWriteTokens ?? 0));
    },
  },
  {
    name: "edit explains itself: white space, nearest lines, line numbers copied, several places, no file, nothing to change; CR LF files",
    files: { "add.ts": source, "win.txt": "first line\r\nsecond line\r\nthird\r\n" },
    replies: [
      uses(
        tool("edit", { path: "add.ts", old: "function add(a: number, b: number) {\n    return a - b;", new: "x" }),
        tool("edit", { path: "add.ts", old: "  return a minus b;", new: "x" }),
        tool("edit", { path: "add.ts", old: "2\t  return a - b;", new: "x" }),
        tool("edit", { path: "add.ts", old: "a: number", new: "x" }),
        tool("edit", { path: "none.ts", old: "a", new: "b" }),
        tool("edit", { path: "add.ts", old: "a - b", new: "a - b" }),
        tool("edit", { path: "add.ts", old: "zzz qqq 日本", new: "x" }),
      ),
      uses(
        tool("edit", { path: "win.txt", old: "first line\nsecond line", new: "1\n2" }),
        tool("edit", { path: "add.ts", old: "a: number", new: "a: bigint", all: true }),
      ),
      finish(),
    ],
    check({ calls, read }) {
      const texts = resultsOf(calls[1]).map(({ content }) => content);
      expect(texts[0]).toContain("differs in white space only");
      expect(texts[0]).toContain("2\t  return a - b;");
      expect(texts[1]).toContain("nearest lines are");
      expect(texts[1]).toContain("2\t  return a - b;");
      expect(texts[2]).toContain("line numbers that read adds");
      expect(texts[3]).toContain("2 times, at lines 1, 5");
      expect(texts[4]).toContain("does not exist: use write");
      expect(texts[5]).toContain("nothing to change");
      expect(texts[6]).toContain("Nothing in the file is much like it");
      expect(read("win.txt")).toBe("1\r\n2\r\nthird\r\n");
      expect(read("add.ts").match(/a: bigint/g)).toHaveLength(2);
    },
  },
  {
    name: "read: ranges, beyond the end, binary, a folder, outside the workspace, .git; search: hits, none, a wrong pattern, context, glob",
    files: {
      "long.txt": Array.from({ length: 2_000 }, (_, n) => `line ${n + 1}`).join("\n"),
      "bin.dat": Buffer.from([1, 0, 2]),
      "src/a.ts": "needle\nnext\n",
      "src/a.md": "needle\n",
    },
    replies: [
      uses(
        tool("read", { path: "long.txt", from: 10, to: 12 }),
        tool("read", { path: "long.txt", from: 1_999 }),
        tool("read", { path: "long.txt", from: 5_000 }),
        tool("read", { path: "bin.dat" }),
        tool("read", { path: "src" }),
        tool("read", { path: "../../../etc/passwd" }),
        tool("read", { path: ".git/config" }),
        tool("search", { pattern: "needle", glob: "*.ts", context: 1 }),
        tool("search", { pattern: "nowhere" }),
        tool("search", { pattern: "(" }),
      ),
      finish(),
    ],
    check({ calls }) {
      const results = resultsOf(calls[1]);
      expect(results[0]?.content).toBe("10\tline 10\n11\tline 11\n12\tline 12");
      expect(results[1]?.content).toBe("1999\tline 1999\n2000\tline 2000");
      expect(results[2]?.content).toContain("the file has 2000 lines");
      expect(results.slice(3, 7).map(({ isError }) => isError)).toEqual([true, true, true, true]);
      expect(results[4]?.content).toContain("use list");
      expect(results[7]?.content).toBe("src/a.ts:1:needle\nsrc/a.ts-2-next");
      expect(results[8]).toMatchObject({ content: "(no hits)", isError: false });
      expect(results[9]?.isError).toBe(true);
    },
  },
  {
    name: "command: exit code, standard error, colours and progress bars, time-out, five megabytes of output, a daemon left behind",
    replies: [
      uses(tool("command", { command: "echo out; echo err >&2; exit 3" })),
      uses(tool("command", { command: "printf '\\033[31mred\\033[0m\\n10%%\\r50%%\\r100%%\\n'" })),
      uses(tool("command", { command: "echo begun; sleep 30", seconds: 0.5 })),
      uses(tool("command", { command: "echo first; head -c 5000000 /dev/zero | tr '\\0' x; echo; echo last" })),
      uses(tool("command", { command: "sleep 30 & echo left" })),
      finish(),
    ],
    check({ calls, lines, seconds }) {
      const [failed, coloured, late, long, left] = [1, 2, 3, 4, 5].map((at) => resultsOf(calls[at])[0]);
      expect(failed).toMatchObject({ isError: true });
      expect(failed?.content).toContain("out\n");
      expect(failed?.content).toContain("err\n");
      expect(failed?.content).toContain("[exit code 3]");
      expect(coloured?.content).toBe("red\n100%\n\n[exit code 0]");
      expect(late?.content).toBe("begun\n\n[stopped after 0.5 s]");
      expect(long?.content.length).toBeLessThan(31_000);
      expect(long?.content.startsWith("first\n")).toBe(true);
      expect(long?.content).toContain("last\n\n[exit code 0]");
      expect(ofType(lines, "output.truncated")).toMatchObject([{ limitBytes: 1_000_000 }]);
      expect(left?.content).toContain("left");
      expect(seconds).toBeLessThan(20);
    },
  },
  {
    name: "background processes: start, read, wait for more, stop; unknown name; what still runs at the end is ended",
    replies: [
      uses(tool("command", { command: "echo ready; sleep 0.5; echo later; sleep 60", background: true })),
      uses(tool("process", { id: "p1", action: "read", wait: 5 })),
      uses(tool("process", { id: "p1", action: "read", wait: 5 })),
      uses(tool("process", { id: "p1", action: "stop" })),
      uses(tool("process", { id: "p7", action: "read" })),
      uses(tool("command", { command: "echo $$ > pid.txt; exec sleep 60", background: true })),
      uses(tool("command", { command: "for n in 1 2 3 4 5 6 7 8 9; do [ -s pid.txt ] && break; sleep 0.1; done" })),
      finish(),
    ],
    check({ calls, read }) {
      const contents = [1, 2, 3, 4, 5].map((at) => resultsOf(calls[at])[0]?.content ?? "");
      expect(contents[0]).toBe("Started in the background as p1.");
      expect(contents[1]).toMatch(/^ready\n[\s\S]*running/);
      expect(contents[2]).toMatch(/^later\n[\s\S]*running/);
      expect(contents[3]).toContain("stopped: ended by SIGTERM");
      expect(contents[4]).toContain("There is no process p7: there are p1.");
      expect(isRunning(read("pid.txt").trim())).toBe(false);
    },
  },
  {
    name: "broken calls: JSON that is none, a wrong field, an unknown tool; each is told and nothing is done",
    replies: [
      uses({ tool: "write", json: '{"path": "x.txt", "content": "cut he' }),
      uses(tool("write", { path: "x.txt" }), tool("teleport", { to: "moon" }), { tool: "read", json: "[1, 2]" }),
      finish(),
    ],
    check({ calls, exists, end }) {
      expect(resultsOf(calls[1])[0]).toMatchObject({ isError: true, content: expect.stringContaining("not valid JSON") });
      const [field, unknown, list] = resultsOf(calls[2]);
      expect(field?.content).toContain("content:");
      expect(unknown?.content).toContain("There is no tool teleport. There are: list, search, read");
      expect(list?.isError).toBe(true);
      expect(exists("x.txt")).toBe(false);
      expect(end?.type).toBe("agent.finished");
    },
  },
  {
    name: "where nothing confines it, there are no commands: neither offered nor run",
    task: { commandsAllowed: false },
    replies: [uses(tool("command", { command: "touch made" })), finish()],
    check({ calls, exists }) {
      const names = calls[0]?.request?.tools.map(({ name }) => name);
      expect(names).toEqual(["list", "search", "read", "edit", "write", "plan", "finish"]);
      expect(resultsOf(calls[1])[0]?.content).toContain("There is no tool command.");
      expect(exists("made")).toBe(false);
    },
  },
  {
    name: "guides: AGENTS.md with bounded imports in the system prompt, a copy left out, a nested one told once when its folder is touched",
    files: {
      "AGENTS.md": "Root rule.\n@docs/style.md\n`@docs/not-me.md`\n@../outside.md @/etc/hostname\n",
      "CLAUDE.md": "Root rule.\n@docs/style.md\n`@docs/not-me.md`\n@../outside.md @/etc/hostname\n",
      "docs/style.md": "Style rule.\n@style.md\n@deep.md\n",
      "docs/deep.md": "Deep rule.\n",
      "docs/not-me.md": "Not imported.\n",
      "packages/api/AGENTS.md": "Nested rule.\n",
      "packages/api/src/a.ts": "1\n",
      "packages/api/src/b.ts": "2\n",
    },
    replies: [uses(tool("read", { path: "packages/api/src/a.ts" })), uses(tool("read", { path: "packages/api/src/b.ts" })), finish()],
    check({ calls }) {
      const system = JSON.stringify(calls[0]?.request?.system);
      for (const rule of ["Root rule.", "Style rule.", "Deep rule."]) expect(system.split(rule)).toHaveLength(2);
      expect(system).not.toContain("Not imported.");
      expect(system).not.toContain("Nested rule.");
      expect(resultsOf(calls[1])[0]?.content).toContain("guide for this folder:\npackages/api/AGENTS.md:\nNested rule.");
      expect(resultsOf(calls[2])[0]?.content).toBe("1\t2");
    },
  },
];
