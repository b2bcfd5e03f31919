import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { RunEvent } from "@/lib/run/events";
import { reduceRun } from "@/lib/run/reduce";
import { emptyRun, type RunState } from "@/lib/run/state";
import { drawLanes } from "./lanes";
import { fit, painter, textWidth } from "./text";

function recorded(name: string, part = 1): RunState {
  const fixture = readFileSync(new URL(`../../lib/run/__fixtures__/${name}.jsonl`, import.meta.url), "utf8");
  const events = fixture
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as RunEvent);
  return reduceRun(emptyRun(events[0]?.runId ?? ""), events.slice(0, Math.ceil(events.length * part)));
}

const draw = (run: RunState, columns: number, rows = 24, colour = false): string[] =>
  drawLanes(run, { columns, rows, now: (run.createdAt || 0) + 60_000, paint: painter(colour), footer: "Ctrl-C stops the run" });

describe("lanes", () => {
  it.each([1, 5, 12, 20, 30, 44, 56, 80, 100, 200])("stay within %i columns, at any moment of a run", (columns) => {
    for (const part of [0.05, 0.3, 0.6, 1]) {
      for (const line of draw(recorded("five-one-failed", part), columns)) expect(textWidth(line)).toBeLessThan(Math.max(2, columns));
    }
  });

  it("have one line each: letter, state, dollars, changes and what happens", () => {
    const run = recorded("five-one-failed");
    const lines = draw(run, 120);
    expect(lines).toHaveLength(7);
    expect(lines.slice(1, 6).map((line) => line[0])).toEqual(["A", "B", "C", "D", "E"]);
    const failed = run.variations.find(({ status }) => status === "failed");
    expect(lines[1 + (failed?.index ?? 0)]).toContain("failed");
    expect(lines[1 + (failed?.index ?? 0)]).toContain(failed?.failure?.message.slice(0, 20));
  });

  it("fit into a terminal of few rows, and are coloured only where colours are wanted", () => {
    const run = recorded("five-one-failed", 0.5);
    expect(draw(run, 80, 4)).toHaveLength(3);
    expect(draw(run, 80).join("")).not.toContain("\u001b");
    expect(draw(run, 80, 24, true).join("")).toContain("\u001b[1m");
  });

  it("let no control character of an agent through", () => {
    const run = recorded("demo-three", 0.5);
    const [first, ...rest] = run.variations;
    if (first === undefined) throw new Error("no variation");
    const items = [{ kind: "text" as const, seq: 1, block: "1", text: "a\u001b[2Jb\u0007\u009b1Ac", retracted: false }];
    const hostile = { ...run, prompt: "p\u001b]0;t\u0007", variations: [{ ...first, status: "running" as const, items }, ...rest] };
    expect(draw(hostile, 120).join("")).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });
});

describe("width", () => {
  it("counts wide characters twice and cuts before them", () => {
    expect(textWidth("日本")).toBe(4);
    expect(textWidth("é👩‍💻")).toBe(3);
    expect(fit("日本語", 5)).toBe("日本…");
    expect(fit("日本語", 4)).toBe("日…");
    expect(fit("abc", 3)).toBe("abc");
  });
});
