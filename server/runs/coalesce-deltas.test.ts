import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AgentEvent } from "@/lib/run/events";
import { type CoalescedBatch, coalesceDeltas } from "./coalesce-deltas";

const delta = (text: string, block = "t1.0"): AgentEvent => ({ type: "text.delta", block, text });
const started: AgentEvent = { type: "tool.started", callId: "c", tool: "read", kind: "read", title: "a.ts" };

describe("coalesceDeltas", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function collect(): { batches: CoalescedBatch[]; coalescer: ReturnType<typeof coalesceDeltas> } {
    const batches: CoalescedBatch[] = [];
    const coalescer = coalesceDeltas(async (batch) => {
      batches.push(batch);
    }, 40);
    return { batches, coalescer };
  }

  it("sends the first event of a quiet stream at once and joins what follows within the window", async () => {
    const { batches, coalescer } = collect();
    coalescer.push([delta("a")], 1);
    await vi.advanceTimersByTimeAsync(0);
    expect(batches).toEqual([{ events: [delta("a")], line: 1 }]);
    coalescer.push([delta("b")], 2);
    coalescer.push([delta("c")], 3);
    await vi.advanceTimersByTimeAsync(39);
    expect(batches).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(batches[1]).toEqual({ events: [delta("bc")], line: 3 });
  });

  it("never joins across another event or another block", async () => {
    const { batches, coalescer } = collect();
    coalescer.push([started], 1);
    for (const [index, event] of [delta("a"), started, delta("b"), delta("c", "t2.0")].entries()) coalescer.push([event], index + 2);
    await coalescer.flush();
    expect(batches.flatMap(({ events }) => events)).toEqual([started, delta("a"), started, delta("b"), delta("c", "t2.0")]);
    expect(batches.at(-1)?.line).toBe(5);
  });

  it("hands over one batch at a time, in order, however slow the taker is", async () => {
    const seen: string[] = [];
    /** Lets the taker go on. */
    const taken: (() => void)[] = [];
    let busy = 0;
    const coalescer = coalesceDeltas(async ({ events }) => {
      busy += 1;
      expect(busy).toBe(1);
      await new Promise<void>((resolve) => taken.push(resolve));
      seen.push(...events.map((event) => (event.type === "text.delta" ? event.text : "")));
      busy -= 1;
    }, 40);
    for (let index = 0; index < 10; index += 1) {
      coalescer.push([delta(`${index}`)], index + 1);
      await vi.advanceTimersByTimeAsync(25);
    }
    // Nothing was taken off its hands all the while, and one batch is with the taker.
    expect(taken).toHaveLength(1);
    let done = false;
    const flushed = coalescer.flush().then(() => (done = true));
    while (!done) {
      taken.shift()?.();
      await vi.advanceTimersByTimeAsync(0);
    }
    await flushed;
    expect(seen.join("")).toBe("0123456789");
  });

  it("stops handing over once the log has refused, and says so", async () => {
    let calls = 0;
    const coalescer = coalesceDeltas(async () => {
      calls += 1;
      throw new Error("disk full");
    }, 40);
    coalescer.push([delta("a")], 1);
    await vi.advanceTimersByTimeAsync(50);
    coalescer.push([delta("b")], 2);
    await expect(coalescer.flush()).rejects.toThrow("disk full");
    expect(calls).toBe(1);
  });
});
