import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { RunEvent, RunEventBody } from "@/lib/run/events";
import { reduceRun } from "@/lib/run/reduce";
import { emptyRun } from "@/lib/run/state";
import { createPlainLines } from "./plain-lines";

function linesOf(events: readonly RunEvent[]): string[] {
  const plain = createPlainLines();
  let run = emptyRun(events[0]?.runId ?? "");
  return events.flatMap((event) => {
    run = reduceRun(run, [event]);
    return plain.lines(event, run);
  });
}

/** The beginning of a run with one variation, then these. */
function told(...bodies: RunEventBody[]): string[] {
  const created: RunEventBody = {
    type: "run.created",
    prompt: "p",
    projectId: "p",
    repositoryUrl: "/shop",
    repositoryName: "shop",
    variations: [{ agent: "builtin", model: "demo" }],
  };
  const events = [created, ...bodies].map(
    (event, at): RunEvent => ({ runId: "abcdefghijkl", seq: at + 1, at, ...(at === 0 ? {} : { variation: 0, attempt: 0 }), event }),
  );
  return linesOf(events).slice(1);
}

it("tells a recorded run in lines with the letter in front, one for each outcome", () => {
  const fixture = readFileSync(new URL("../lib/run/__fixtures__/five-one-failed.jsonl", import.meta.url), "utf8");
  const lines = linesOf(
    fixture
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as RunEvent),
  );
  expect(lines[0]).toMatch(/^run \w+ {2}.+ {2}5 variations$/);
  const letters = lines.flatMap((line) => /^([A-E]) {2}(completed|failed) /.exec(line)?.slice(1).join(" ") ?? []);
  expect(letters.sort().map((line) => line[0])).toEqual(["A", "B", "C", "D", "E"]);
  expect(letters.filter((line) => line.endsWith("failed"))).toHaveLength(1);
  expect(lines.filter((line) => line.includes("\n"))).toEqual([]);
});

it("names changed files with their lines", () => {
  const changed = { type: "file.changed", path: "src/x.ts", added: 3, deleted: 1 } as const;
  expect(told({ ...changed, status: "modified" }, { ...changed, status: "renamed", oldPath: "src/y.ts" })).toEqual([
    "A  edited src/x.ts  +3 −1",
    "A  renamed src/y.ts → src/x.ts  +3 −1",
  ]);
});

it("keeps text until its line is whole, and says it before what follows", () => {
  const text = (part: string): RunEventBody => ({ type: "text.delta", block: "1", text: part });
  expect(
    told(text("Hel"), text("lo\nwor"), { type: "thinking.delta", block: "2", text: "hm" }, text("ld"), { type: "variation.cancelled" }),
  ).toEqual(["A  says Hello", "A  says world", expect.stringMatching(/^A {2}stopped /)]);
});

it("tells a command with its exit code, and lets nothing of an agent's reach the terminal as a control", () => {
  const lines = told(
    { type: "tool.started", callId: "1", tool: "run", kind: "command", title: "npm test\u001b[2J\u001b]0;owned\u0007\r\nfake" },
    { type: "tool.finished", callId: "1", ok: false, durationMs: 1_200, exitCode: 1 },
    { type: "text.delta", block: "1", text: "\u001b[31mred\u009b2J\u202e\n" },
  );
  expect(lines).toEqual(["A  ran npm test fake  exit 1  1.2s", "A  says red"]);
});

it("tells why a variation failed, with the first lines of the detail", () => {
  const failure = {
    code: "model_error",
    message: "The model answered 401.",
    remedy: "Check the key.",
    detail: "\n1\n2\u001b[2J\n\n3\n4",
  } as const;
  expect(told({ type: "variation.failed", failure })).toEqual([
    "A  failed The model answered 401. Check the key.",
    "A    1",
    "A    2",
    "A    3",
  ]);
});

it("tells what a set-up said last before it failed, and nothing of one that went well", () => {
  const setUp = (ok: boolean) =>
    linesOf(
      [
        { type: "setup.started", command: "npm ci", hash: "h", cached: false } as const,
        { type: "setup.output", text: "one\ntwo\nnpm error code E404\n\nnpm error 404 left-pad\n" } as const,
        { type: "setup.finished", ok, durationMs: 1, reason: "it ended with exit code 1" } as const,
      ].map((event, at): RunEvent => ({ runId: "abcdefghijkl", seq: at + 1, at, event })),
    );
  expect(setUp(false)).toEqual(["setup two", "setup npm error code E404", "setup npm error 404 left-pad"]);
  expect(setUp(true)).toEqual([]);
});
