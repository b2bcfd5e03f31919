import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import type { AgentEvent } from "@/lib/run/events";
import { plainText } from "@/lib/run/plain-text";
import { boundEnd, boundOutput, filterOutput, OUTPUT_LIMITS, type OutputStage } from "./bound-output";
import { redactSecrets } from "./redact-secrets";

const text = (part: string, block = "b"): AgentEvent => ({ type: "text.delta", block, text: part });
const log = (part: string): AgentEvent => ({ type: "log.line", stream: "stdout", text: part });
const output = (part: string, callId = "c", stream: "stdout" | "stderr" = "stdout"): AgentEvent => ({
  type: "tool.output",
  callId,
  stream,
  text: part,
});
const finished = (callId = "c"): AgentEvent => ({ type: "tool.finished", callId, ok: true, durationMs: 1 });
const note = (droppedBytes: number, limitBytes: number, callId?: string): AgentEvent =>
  callId === undefined
    ? { type: "output.truncated", droppedBytes, limitBytes }
    : { type: "output.truncated", callId, droppedBytes, limitBytes };

function pushAll(stage: OutputStage, events: AgentEvent[]): AgentEvent[] {
  return [...events.flatMap((event) => stage.push(event)), ...stage.flush()];
}

function joined(events: AgentEvent[]): string {
  return events.map((event) => ("text" in event ? event.text : "")).join("");
}

function heapMegabytes(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed / 1e6;
}

describe("one call's output", () => {
  it("is passed on as it is within the limit, its last quarter with the end", () => {
    const stage = boundOutput({ call: 100 });
    const first = output("a".repeat(75));
    expect(stage.push(first)[0]).toBe(first);
    expect(stage.push(output("b".repeat(20)))).toEqual([]);
    expect(stage.push(output("c".repeat(5), "c", "stderr"))).toEqual([]);
    expect(stage.push(finished())).toEqual([output("b".repeat(20)), output("c".repeat(5), "c", "stderr"), finished()]);
    expect(stage.flush()).toEqual([]);
  });

  it("keeps three quarters from the beginning and one from the end, with one note between", () => {
    const whole = Array.from({ length: 100 }, (_, index) => String(index).padStart(10, "."));
    for (const size of [1, 3, 10, 99, 1_000]) {
      const all = whole.join("");
      const parts = Array.from({ length: Math.ceil(all.length / size) }, (_, at) => output(all.slice(at * size, (at + 1) * size)));
      const out = pushAll(boundOutput({ call: 100 }), [...parts, finished()]);
      const at = out.findIndex(({ type }) => type === "output.truncated");
      expect(out[at]).toEqual(note(900, 100, "c"));
      expect([joined(out.slice(0, at)), joined(out.slice(at))]).toEqual([all.slice(0, 75), all.slice(-25)]);
      expect(out.at(-1)).toEqual(finished());
    }
  });

  it("is never cut within a code point", () => {
    const out = pushAll(boundOutput({ call: 100 }), [output(`x${"😀".repeat(500)}`), finished()]);
    expect(out.every((event) => !("text" in event) || plainText(event.text) === event.text)).toBe(true);
    expect(joined(out)).toHaveLength(75 + 24);
  });

  it("does not take from another call, nor from the model", () => {
    const stage = boundOutput({ call: 100 });
    pushAll({ ...stage, flush: () => [] }, [output("x".repeat(1_000), "flood")]);
    expect(stage.push(output("fine", "other"))).toEqual([output("fine", "other")]);
    expect(stage.push(text("and on"))).toEqual([text("and on")]);
  });

  it("comes out at the end also when the call never finished", () => {
    expect(pushAll(boundOutput({ call: 8 }), [output("12345678901234567890")])).toEqual([output("123456"), note(12, 8, "c"), output("90")]);
  });
});

describe("an attempt's output", () => {
  it("leaves each further call its last characters once all calls have had their share", () => {
    const stage = boundOutput({ call: 100, output: 250, lateCall: 5 });
    const lengths = Array.from({ length: 6 }, (_, index) =>
      joined([...stage.push(output(`${"x".repeat(995)}end${index}!`, `c${index}`)), ...stage.push(finished(`c${index}`))]),
    );
    expect(lengths.map(({ length }) => length)).toEqual([100, 100, 55, 5, 5, 5]);
    expect(lengths.at(-1)).toBe("end5!");
    expect(stage.push(text("still here"))).toEqual([text("still here")]);
  });

  it("keeps the first and the last raw lines, whole, and counts empty ones", () => {
    const lines = Array.from({ length: 100 }, (_, index) => log(`line ${String(index).padStart(3, "0")}`));
    const out = pushAll(boundOutput({ log: 60, logTail: 20 }), [...lines, text("on")]);
    expect(out).toEqual([...lines.slice(0, 4), text("on"), note(94 * 8, 60), ...lines.slice(-2)]);
    const empty = pushAll(boundOutput(), Array<AgentEvent>(2_000_000).fill(log("")));
    expect(empty.length).toBeLessThan(OUTPUT_LIMITS.log);
  });

  it("bounds the model's text with its end kept", () => {
    const out = pushAll(boundOutput({ model: 30, modelTail: 10 }), [text("a".repeat(20)), text("b".repeat(50)), text("last words")]);
    expect(out).toEqual([text("a".repeat(20)), note(50, 30), text("last words")]);
  });

  it("stays within its memory under a flood of everything", () => {
    const stage = boundOutput();
    const before = heapMegabytes();
    let given = 0;
    const push = (event: AgentEvent): void => {
      given += joined(stage.push(event)).length;
    };
    for (let sent = 0; sent < 300; sent += 1) {
      push(output(`${sent}${"o".repeat(900_000)}`, `c${sent}`));
      push(output(`${sent}${"e".repeat(100_000)}`, "one", "stderr"));
      push(text(`${sent}${"t".repeat(100_000)}`));
      push(log(`${sent}${"l".repeat(100_000)}`));
    }
    for (let sent = 0; sent < 300_000; sent += 1) push(output("x", "one", sent % 2 === 0 ? "stdout" : "stderr"));
    const { call, output: all, log: raw, model } = OUTPUT_LIMITS;
    expect(given).toBeLessThan(all + call + raw + model);
    // 64 calls of a quarter of a megabyte at most, and the tails.
    expect(heapMegabytes() - before).toBeLessThan(64 * 0.25 + 5);
    expect(joined(stage.flush()).length).toBeLessThan(20_000_000);
  });
});

describe("everything else of an attempt", () => {
  const warning = (message: string): AgentEvent => ({ type: "warning.raised", message });
  const started = (callId: string): AgentEvent => ({ type: "tool.started", callId, tool: "t", kind: "read", title: "t" });
  const plan = (word: string): AgentEvent => ({ type: "plan.updated", items: [{ text: word, status: "pending" }] });
  const size = (events: AgentEvent[]): number => JSON.stringify(events).length;

  it("is bounded in size: plans and warnings that flood leave the first ones, the last plan and the count", () => {
    const items = Array.from({ length: 100 }, () => ({ text: "x".repeat(1_000), status: "pending" as const }));
    const plans = Array.from(
      { length: 600 },
      (_, at): AgentEvent => ({ type: "plan.updated", items: [...items.slice(1), { text: `${at}`, status: "pending" }] }),
    );
    const warnings = Array.from({ length: 5_000 }, (_, at) => warning(`${at}${"w".repeat(3_900)}`));
    const all = [...plans, ...warnings];
    const out = pushAll(boundOutput(), all);
    expect(size(out)).toBeLessThan(OUTPUT_LIMITS.notices + 150_000);
    expect(out[0]).toBe(plans[0]);
    expect(out.at(-1)).toBe(plans.at(-1));
    const notes = out.flatMap((event) => (event.type === "output.truncated" ? [event] : []));
    expect(notes).toHaveLength(2);
    const told = notes.reduce((sum, { droppedBytes }) => sum + droppedBytes, 0);
    const kept = out.filter(({ type }) => type !== "output.truncated");
    const bytes = (events: AgentEvent[]): number => events.reduce((sum, event) => sum + JSON.stringify(event).length, 0);
    expect(told).toBe(bytes(all) - bytes(kept));
  });

  it("is bounded in number, in one stretch, and says so when it begins and at the end", () => {
    const stage = boundOutput({ noticeEvents: 2 });
    const long = warning("long");
    const lost = JSON.stringify(long).length;
    const out = [warning("1"), plan("2"), long, warning("4"), plan("5"), text("flows"), plan("6")].map((event) => stage.push(event));
    expect(out).toEqual([[warning("1")], [plan("2")], [note(lost, 4_000_000)], [], [], [text("flows")], []]);
    expect(stage.flush()).toEqual([note(JSON.stringify(warning("4")).length + JSON.stringify(plan("5")).length, 4_000_000), plan("6")]);
  });

  it("leaves the calls what is theirs, and gives every call that began its end", () => {
    const stage = boundOutput({ noticeEvents: 0, stepEvents: 3 });
    const end = (callId: string): AgentEvent => ({ type: "tool.finished", callId, ok: true, durationMs: 1, summary: "s" });
    const changed: AgentEvent = { type: "file.changed", path: "a", status: "added", added: 1, deleted: 0 };
    const out = [started("a"), warning("w"), started("b"), end("a"), changed, started("c"), end("c"), end("b")].map((event) =>
      stage.push(event),
    );
    const { steps, notices } = OUTPUT_LIMITS;
    const lost = (event: AgentEvent): number => JSON.stringify(event).length;
    expect(out).toEqual([
      [started("a")],
      [note(lost(warning("w")), notices)],
      [started("b")],
      [end("a")],
      [note(lost(changed), steps)],
      [],
      [],
      [finished("b")],
    ]);
    expect(stage.flush()).toEqual([note(lost(started("c")) + lost(end("c")) + 1, steps)]);
  });

  it("holds back neither more nor less after a restart", () => {
    const lines = [plan("1"), started("a"), plan("2"), warning("w"), plan("3"), started("b"), finished("a"), warning("x")];
    const follow = (cursor: number) => {
      const filter = filterOutput([boundOutput({ noticeEvents: 1, stepEvents: 1 })], cursor);
      const batches = lines.map((event, at) => ({ events: filter.push(event, at + 1), line: at + 1 }));
      return [...batches, filter.flush()];
    };
    const whole = follow(0);
    expect(whole.at(-1)?.events.at(-1)).toEqual(plan("3"));
    for (let cursor = 0; cursor <= lines.length + 1; cursor += 1) {
      const before = whole.filter(({ line }) => line <= cursor);
      expect([...before, ...follow(cursor)].flatMap(({ events }) => events)).toEqual(whole.flatMap(({ events }) => events));
    }
  });
});

describe("single texts", () => {
  it("are cut, and marked so; what fits is the same reference", () => {
    const long = "x".repeat(100_000);
    const stage = boundOutput();
    const sizes = (event: AgentEvent): number => JSON.stringify(stage.push(event)).length;
    expect(stage.push({ type: "tool.started", callId: "c", tool: "t", kind: "read", title: long })).toEqual([
      { type: "tool.started", callId: "c", tool: "t", kind: "read", title: `${"x".repeat(1_999)}…` },
    ]);
    expect(sizes({ type: "tool.started", callId: long, tool: long, kind: "read", title: "t" })).toBeLessThan(1_000);
    expect(sizes({ type: "file.changed", path: long, oldPath: long, status: "added", added: 1, deleted: 0 })).toBeLessThan(8_500);
    expect(sizes({ type: "warning.raised", message: long })).toBeLessThan(4_200);
    const retracted = Array<string>(1_000).fill(long);
    expect(sizes({ type: "model.retried", status: 1, message: long, delayMs: 1, retracted })).toBeLessThan(31_000);
    expect(sizes(log(long))).toBeLessThan(8_300);
    expect(sizes({ type: "tool.finished", callId: "c", ok: true, durationMs: 1, summary: long })).toBeLessThan(20_200);
    const fits: AgentEvent = { type: "model.retried", status: 1, message: "m", delayMs: 1, retracted: ["b"] };
    expect(stage.push(fits)[0]).toBe(fits);
  });

  it("bound a plan in items and their length", () => {
    const items = Array.from({ length: 250 }, (_, index) => ({ text: `${index} ${"x".repeat(5_000)}`, status: "completed" as const }));
    const [plan] = boundOutput().push({ type: "plan.updated", items });
    if (plan?.type !== "plan.updated") throw new Error("no plan");
    expect(plan.items).toHaveLength(100);
    expect(plan.items[98]?.text).toHaveLength(1_000);
    expect(plan.items[99]).toEqual({ text: "… and 151 more", status: "pending" });
  });

  it("bound the agent's last word", () => {
    const long = "x".repeat(100_000);
    const end = boundEnd({ type: "agent.failed", failure: { code: "agent_error", message: long, remedy: long, detail: long } });
    expect(JSON.stringify(end).length).toBeLessThan(30_000);
    expect(JSON.stringify(boundEnd({ type: "agent.finished", summary: long })).length).toBeLessThan(20_100);
    expect(boundEnd({ type: "agent.finished" })).toEqual({ type: "agent.finished" });
  });
});

describe("filterOutput", () => {
  const secret = "ghp_0123456789abcdefghij";
  const redaction = redactSecrets([secret]);
  const lines: AgentEvent[] = [
    text("one gh"),
    text("p_01234"),
    output("head ghp"),
    text("56789abcdefghij two ghp_"),
    log("raw 1"),
    output("_0123456789abcdefghij and a middle that nobody needs to see"),
    log("raw 2"),
    text("!"),
    output(" and the tail"),
    log("raw 3"),
    finished(),
    output("open gh", "c2"),
    log("raw 4"),
    text("end g"),
  ];

  function follow(cursor: number, until: number): { stored: AgentEvent[]; cursor: number }[] {
    const stages = [redaction.attempt(), boundOutput({ call: 40, log: 16, logTail: 8 })];
    const filter = filterOutput(stages, cursor);
    const batches = lines.slice(0, until).map((event, at) => ({ stored: filter.push(event, at + 1), cursor: at + 1 }));
    const flushed = until > lines.length ? [filter.flush()].map(({ events, line }) => ({ stored: events, cursor: line })) : [];
    return [...batches, ...flushed].filter(({ stored }) => stored.length > 0);
  }

  it("redacts first, so that no cut leaves half a secret", () => {
    const whole = follow(0, Infinity).flatMap(({ stored }) => stored);
    expect(JSON.stringify(whole)).not.toContain("0123");
    expect(whole.filter(({ type }) => type === "text.delta").map((event) => joined([event]))).toEqual([
      "one ",
      "[redacted] two ",
      "ghp_!",
      "end ",
      "g",
    ]);
    expect(whole).toContainEqual(note(10, 16));
  });

  it("neither loses nor doubles anything, wherever the server dies, once or twice", () => {
    const whole = follow(0, Infinity).flatMap(({ stored }) => stored);
    for (let death = 0; death <= lines.length + 1; death += 1) {
      for (let second = death; second <= lines.length + 1; second += 1) {
        let cursor = 0;
        const stored: AgentEvent[] = [];
        for (const until of [death, second, Infinity]) {
          for (const batch of follow(cursor, until)) {
            stored.push(...batch.stored);
            cursor = batch.cursor;
          }
        }
        expect(stored).toEqual(whole);
      }
    }
  });

  it("loses at most what was held back when the first lines are gone", () => {
    const filter = filterOutput([redaction.attempt(), boundOutput()], 2);
    expect(filter.push(text("rest"), 3)).toEqual([text("rest")]);
    expect(filter.flush()).toEqual({ events: [], line: 4 });
  });
});
