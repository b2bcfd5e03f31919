import { describe, expect, it } from "vitest";
import type { AgentEvent } from "@/lib/run/events";
import type { Failure } from "@/lib/run/failures";
import { MOST_ROUNDS, noticeLoops } from "./notice-loops";

let calls = 0;

/** The three events of one call. */
function call(title: string, output: string, ok = true): AgentEvent[] {
  const callId = `call-${++calls}`;
  return [
    { type: "tool.started", callId, tool: "command", kind: "command", title },
    { type: "tool.output", callId, stream: "stdout", text: output },
    { type: "tool.finished", callId, ok, durationMs: calls },
  ];
}

function play(events: AgentEvent[]): Failure[] {
  const watch = noticeLoops();
  return events.flatMap((event) => watch.push(event) ?? []);
}

const times = (count: number, make: (round: number) => AgentEvent[]): AgentEvent[] =>
  Array.from({ length: count }, (_, at) => make(at)).flat();

describe("noticing loops", () => {
  it("names the call that was repeated with the same result, once", () => {
    const found = play(times(MOST_ROUNDS + 5, () => call("npm test", "2 failed", false)));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ code: "no_progress", detail: "“npm test”" });
  });

  it("says nothing one round earlier", () => {
    expect(play(times(MOST_ROUNDS - 1, () => call("npm test", "2 failed")))).toEqual([]);
  });

  it("sees cycles of several calls", () => {
    const found = play(times(MOST_ROUNDS, () => [...call("read a.ts", "1"), ...call("edit a.ts", "+1"), ...call("edit a.ts", "-1")]));
    expect(found).toHaveLength(1);
    expect(found[0]?.detail).toBe("“read a.ts”, “edit a.ts”, “edit a.ts”");
  });

  it("takes changing output, changing titles and a changed outcome for progress", () => {
    expect(play(times(100, (round) => call("tail build.log", `${round} of 100`)))).toEqual([]);
    expect(play(times(100, (round) => call(`read ${round}.ts`, "")))).toEqual([]);
    expect(
      play([
        ...times(MOST_ROUNDS - 1, () => call("npm test", "")),
        ...call("npm test", "", false),
        ...times(5, () => call("npm test", "")),
      ]),
    ).toEqual([]);
  });

  it("tells parallel calls apart, in whatever order their output comes", () => {
    const started = (callId: string): AgentEvent => ({ type: "tool.started", callId, tool: "read", kind: "read", title: "a" });
    const output = (callId: string, text: string): AgentEvent => ({ type: "tool.output", callId, stream: "result", text });
    const ended = (callId: string): AgentEvent => ({ type: "tool.finished", callId, ok: true, durationMs: 1 });
    const round = (at: number): AgentEvent[] => [
      started("x"),
      started("y"),
      output("y", `y${at}`),
      output("x", "x"),
      ended("y"),
      ended("x"),
    ];
    expect(play(times(60, round))).toEqual([]);
    expect(play(times(MOST_ROUNDS, () => round(0)))).toHaveLength(1);
  });

  it("keeps little of calls that never end", () => {
    const watch = noticeLoops();
    for (let at = 0; at < 10_000; at += 1) {
      const verdict = watch.push({ type: "tool.started", callId: `${at}`, tool: "read", kind: "read", title: "a" });
      expect(verdict).toBeUndefined();
    }
    expect(watch.push({ type: "tool.finished", callId: "0", ok: true, durationMs: 1 })).toBeUndefined();
  });
});
