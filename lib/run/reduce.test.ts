import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type RunEvent, runEventSchema } from "./events";
import { reduceRun } from "./reduce";
import { TOOL_OUTPUT_LIMIT } from "./reduce-transcript";
import { changeTotals, totalUsage } from "./select";
import { emptyRun } from "./state";

const fixtures = new URL("./__fixtures__/", import.meta.url);
const recorded = readdirSync(fixtures).filter((name) => name.endsWith(".jsonl"));

function load(name: string): RunEvent[] {
  const lines = readFileSync(new URL(name, fixtures), "utf8").trimEnd().split("\n");
  return lines.map((line) => runEventSchema.parse(JSON.parse(line)));
}

/** What the server said of the run when it was recorded. */
interface Lived {
  status: string;
  dollars: number;
  winner: number | null;
  last_seq: number;
  variations: { state: string; files: number; added: number; deleted: number }[];
}

/** The same value, unchangeable to its depth: a write throws. */
function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

it("has recorded runs to replay", () => expect(recorded.length).toBeGreaterThanOrEqual(5));

describe.each(recorded)("the recorded run %s", (name) => {
  const events = load(name);
  const runId = events[0]?.runId ?? "";
  const lived = events.reduce((state, event) => reduceRun(state, [event]), emptyRun(runId));

  it("has dense numbers from 1", () => {
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  });

  it("gives the same state when replayed as when lived event by event", () => {
    expect(reduceRun(emptyRun(runId), events)).toEqual(lived);
  });

  it("gives the same state wherever the replay is cut and overlaps", () => {
    for (let cut = 0; cut <= events.length; cut += Math.max(1, Math.floor(events.length / 50))) {
      const first = reduceRun(emptyRun(runId), events.slice(0, cut));
      expect(reduceRun(first, events.slice(Math.max(0, cut - 3)))).toEqual(lived);
    }
  });

  it("never writes to a state that it has answered", () => {
    for (const cut of [1, 7, Math.floor(events.length / 2), events.length - 1]) {
      const before = frozen(reduceRun(emptyRun(runId), events.slice(0, cut)));
      expect(reduceRun(before, events.slice(cut))).toEqual(lived);
    }
  });

  it("gives what the server saw while it lived", () => {
    const seen = JSON.parse(readFileSync(new URL(name.replace(/jsonl$/, "lived.json"), fixtures), "utf8")) as Lived;
    expect({
      status: lived.status,
      dollars: totalUsage(lived).dollars,
      winner: lived.selection?.winner ?? null,
      last_seq: lived.lastSeq,
      variations: lived.variations.map((variation) => ({ state: variation.status, ...changeTotals(variation) })),
    }).toEqual(seen);
  });

  it("shows no text that was taken back as if it stood", () => {
    const standing = lived.variations.flatMap(({ items }) => items).filter((item) => item.kind === "text" && !item.retracted);
    const retracted = new Set(events.flatMap(({ event }) => (event.type === "model.retried" ? event.retracted : [])));
    if (lived.variations.length === 1) expect(standing.some((item) => item.kind === "text" && retracted.has(item.block))).toBe(false);
  });

  it("ends every variation and the run", () => {
    expect(lived.variations.every(({ status }) => ["completed", "failed", "cancelled"].includes(status))).toBe(true);
    expect(["completed", "failed", "cancelled"]).toContain(lived.status);
  });
});

const runId = "testrun000001";
const created: RunEvent = {
  runId,
  seq: 1,
  at: 1_000,
  event: {
    type: "run.created",
    prompt: "Do it",
    projectId: "p",
    repositoryUrl: "https://example.com/a/b",
    repositoryName: "a/b",
    variations: [
      { agent: "builtin", model: "demo" },
      { agent: "builtin", model: "demo" },
    ],
  },
};

function fold(...events: Omit<RunEvent, "runId" | "seq">[]): ReturnType<typeof reduceRun> {
  return reduceRun(
    reduceRun(emptyRun(runId), [created]),
    events.map((event, index) => ({ runId, seq: index + 2, ...event })),
  );
}

describe("reduceRun", () => {
  it("keeps the same reference when every event was already folded in", () => {
    const state = fold();
    expect(reduceRun(state, [created])).toBe(state);
  });

  it("leaves the other variations untouched", () => {
    const before = fold();
    const after = reduceRun(before, [
      { runId, seq: 2, at: 2, variation: 1, attempt: 0, event: { type: "text.delta", block: "t1.0", text: "hi" } },
    ]);
    expect(after.variations[0]).toBe(before.variations[0]);
    expect(after.variations[1]?.items).toEqual([{ kind: "text", seq: 2, block: "t1.0", text: "hi", retracted: false }]);
  });

  it("only moves lastSeq on an event of an unknown type", () => {
    const before = fold();
    const stranger = { runId, seq: 2, at: 2, variation: 0, event: { type: "future.thing" } } as unknown as RunEvent;
    expect(reduceRun(before, [stranger])).toEqual({ ...before, lastSeq: 2 });
  });

  it("says that a conversation was replaced by a summary", () => {
    const state = fold({ at: 2, variation: 0, attempt: 0, event: { type: "context.compacted", tokens: 812_345 } });
    expect(state.variations[0]?.items).toMatchObject([{ kind: "notice", tone: "info", text: expect.stringContaining("812,345 tokens") }]);
  });

  it("takes the partial text of a broken answer back and tells of the retry", () => {
    const place = { at: 2, variation: 0, attempt: 0 };
    const state = fold(
      { ...place, event: { type: "text.delta", block: "t1.0", text: "half an ans" } },
      { ...place, event: { type: "model.retried", status: 529, message: "overloaded", delayMs: 500, retracted: ["t1.0"] } },
      { ...place, event: { type: "text.delta", block: "t1.1", text: "whole" } },
    );
    const items = state.variations[0]?.items ?? [];
    expect(items.map((item) => ("retracted" in item ? [item.text, item.retracted] : item.kind))).toEqual([
      ["half an ans", true],
      "notice",
      ["whole", false],
    ]);
  });

  it("reopens a run that had ended when a variation is tried again, and starts on a fresh tree", () => {
    const failure = { code: "lost" as const, message: "m", remedy: "r" };
    const state = fold(
      { at: 2, event: { type: "run.base_pinned", commit: "c", submodules: 0, lfsPointers: 0 } },
      { at: 2, variation: 0, attempt: 0, event: { type: "file.changed", path: "a", status: "added", added: 3, deleted: 0 } },
      { at: 3, variation: 0, attempt: 0, event: { type: "variation.failed", failure } },
      { at: 3, variation: 1, attempt: 0, event: { type: "variation.failed", failure } },
      { at: 4, event: { type: "run.failed", failure } },
      { at: 5, variation: 0, attempt: 1, event: { type: "variation.requeued" } },
    );
    expect(state).toMatchObject({ status: "running", failure: undefined });
    expect(state.variations[0]).toMatchObject({ status: "queued", attempt: 1, files: {}, failure: undefined });
  });

  it("gathers what a restart did: what went on and what was lost", () => {
    const lost = { code: "lost" as const, message: "m", remedy: "r" };
    const again = (variation: number, at: number) => ({ at, variation, attempt: 0, event: { type: "variation.reattached" as const } });
    const state = fold(again(1, 1_000), again(0, 1_200), {
      at: 1_900,
      variation: 1,
      attempt: 0,
      event: { type: "variation.failed", failure: lost },
    });
    expect(state.restart).toMatchObject({ at: 1_000, reattached: [0], lost: [1] });
    const later = reduceRun(state, [{ runId: state.runId, seq: state.lastSeq + 1, ...again(0, 900_000) }]);
    expect(later.restart).toMatchObject({ at: 900_000, reattached: [0], lost: [] });
  });

  it("counts tries in a row in one notice, and begins anew after something was said", () => {
    const place = { at: 2, variation: 0, attempt: 0 };
    const retry = {
      ...place,
      event: { type: "model.retried" as const, status: 529, message: "overloaded", delayMs: 1_500, retracted: [] },
    };
    const said = { ...place, event: { type: "text.delta" as const, block: "t", text: "here" } };
    const items = fold(retry, retry, retry, said, retry).variations[0]?.items ?? [];
    expect(items.map((item) => (item.kind === "notice" ? item.text : item.kind))).toEqual([
      "The model answered 529 (overloaded), 3 times in a row. Trying again in 1.5 s.",
      "text",
      "The model answered 529 (overloaded). Trying again in 1.5 s.",
    ]);
  });

  it("adds up what is spent, and remembers when nobody knows a price", () => {
    const usage = { type: "usage.recorded" as const, model: "m", inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4 };
    const place = { at: 2, variation: 0, attempt: 0 };
    const known = fold({ ...place, event: { ...usage, dollars: 0.5 } }, { ...place, event: { ...usage, dollars: 0.25 } });
    expect(known.variations[0]?.usage).toEqual({ inputTokens: 2, outputTokens: 4, cacheReadTokens: 6, cacheWriteTokens: 8, dollars: 0.75 });
    const unknown = fold({ ...place, event: { ...usage, dollars: null } }, { ...place, event: { ...usage, dollars: 0.25 } });
    expect(unknown.variations[0]?.usage).toMatchObject({ inputTokens: 2, dollars: 0.25, unpriced: true });
    expect(totalUsage(unknown)).toMatchObject({ dollars: 0.25, unpriced: true });
    expect(totalUsage(known)).not.toHaveProperty("unpriced");
  });

  it("does not count the time between its end and a retry", () => {
    const ended = { at: 1_000, event: { type: "run.completed" as const } };
    const again = { at: 61_000, variation: 0, attempt: 1, event: { type: "variation.requeued" as const } };
    expect(fold(ended)).toMatchObject({ idleMs: 0, endedAt: 1_000 });
    const state = fold(ended, again, { at: 62_000, event: { type: "run.completed" } }, { ...again, at: 63_000, attempt: 2 });
    expect(state.idleMs).toBe(61_000);
    // A second retry while it runs adds nothing.
    expect(fold(ended, again, { ...again, at: 70_000 }).idleMs).toBe(60_000);
  });

  it("is paused from the provider's refusal until it answers again, or until the run ends", () => {
    const pause = { at: 2, event: { type: "run.paused" as const, until: 9_000, reason: "overloaded" } };
    expect(fold(pause).paused).toEqual({ until: 9_000, reason: "overloaded" });
    expect(fold(pause, { ...pause, event: { ...pause.event, until: 12_000 } }).paused).toMatchObject({ until: 12_000 });
    expect(fold(pause, { at: 3, event: { type: "run.resumed" } }).paused).toBeUndefined();
    expect(fold(pause, { at: 3, event: { type: "run.cancelled" } }).paused).toBeUndefined();
  });

  it("keeps head and tail of a tool's long output and counts what it left out", () => {
    const place = { at: 2, variation: 0, attempt: 0 };
    const state = fold(
      { ...place, event: { type: "tool.started", callId: "c", tool: "command", kind: "command", title: "yes" } },
      { ...place, event: { type: "tool.output", callId: "c", stream: "stdout", text: `HEAD${"x".repeat(100_000)}` } },
      { ...place, event: { type: "tool.output", callId: "c", stream: "stdout", text: "TAIL" } },
    );
    const tool = state.variations[0]?.items[0];
    const kept = tool?.kind === "tool" ? tool.output.length : 0;
    expect(kept).toBeLessThanOrEqual(TOOL_OUTPUT_LIMIT * 1.25);
    expect(tool).toMatchObject({ kind: "tool", truncatedBytes: 100_008 - kept });
    expect(tool?.kind === "tool" && [tool.output.slice(0, 4), tool.output.slice(-4)]).toEqual(["HEAD", "TAIL"]);
  });
});
