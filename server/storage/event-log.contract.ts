import { describe, expect, it } from "vitest";
import type { NewRunEvent } from "@/lib/run/events";
import type { EventLog } from "./event-log";

export interface EventLogHarness {
  log: EventLog;
  /** A project that runs can belong to. */
  projectId: string;
  /** Makes the attempt whose cursor an append moves. */
  issueAttempt(runId: string): Promise<void>;
}

const text = (word: string): NewRunEvent => ({ at: 5, variation: 0, attempt: 0, event: { type: "text.delta", block: "t1.0", text: word } });
const projection = { status: "running", summary: "{}" };
let count = 0;

/** What every event log must do. */
export function eventLogContract(name: string, open: () => Promise<EventLogHarness>): void {
  async function withRun(): Promise<EventLogHarness & { runId: string }> {
    const harness = await open();
    count += 1;
    const runId = `contract${String(count).padStart(8, "0")}`;
    await harness.log.create({ runId, projectId: harness.projectId, createdAt: 1, events: [text("one"), text("two")], projection });
    await harness.issueAttempt(runId);
    return { ...harness, runId };
  }

  describe(`${name} as an event log`, () => {
    it("numbers events densely from 1 and reads them back as they were", async () => {
      const { log, runId } = await withRun();
      const result = await log.append(runId, { events: [text("zwölf \u{1f600} \u0001"), text("four")], ifSeq: 2 });
      expect(result).toMatchObject({ ok: true, events: [{ seq: 3 }, { seq: 4 }] });
      const events = await log.read(runId, 0, 100);
      expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
      expect(events[2]).toEqual({ runId, seq: 3, ...text("zwölf \u{1f600} \u0001") });
      expect(await log.lastSeq(runId)).toBe(4);
    });

    it("reads only what comes after, also from the middle of a batch", async () => {
      const { log, runId } = await withRun();
      await log.append(runId, { events: ["a", "b", "c", "d"].map(text), ifSeq: 2 });
      expect((await log.read(runId, 4, 100)).map(({ seq }) => seq)).toEqual([5, 6]);
      expect(await log.read(runId, 6, 100)).toEqual([]);
    });

    it("answers the same as text, ready to be passed on", async () => {
      const { log, runId } = await withRun();
      await log.append(runId, { events: ['a "quoted" \n line', "b\u2028", "c", "d"].map(text), ifSeq: 2 });
      for (const after of [0, 1, 2, 3, 5]) {
        const encoded = await log.readEncoded(runId, after, 100);
        expect(encoded).toMatchObject({ first: after + 1, last: 6 });
        expect(JSON.parse(`[${encoded?.json ?? ""}]`)).toEqual(await log.read(runId, after, 100));
      }
      expect(await log.readEncoded(runId, 6, 100)).toBeUndefined();
      expect(await log.readEncoded("nosuchrun00000", 0, 100)).toBeUndefined();
    });

    it("answers with less when events are large, never with nothing", async () => {
      const { log, runId } = await withRun();
      const large = "x".repeat(400_000);
      for (let at = 0; at < 8; at += 1) await log.append(runId, { events: [text(large)], ifSeq: 2 + at });
      const sizes: number[] = [];
      for (let after = 0; after < 10; ) {
        const encoded = await log.readEncoded(runId, after, 1_000);
        if (encoded === undefined) throw new Error("nothing was answered");
        expect(encoded.first).toBe(after + 1);
        sizes.push(encoded.json.length);
        after = encoded.last;
      }
      expect(sizes.length).toBeGreaterThan(1);
      expect(Math.max(...sizes)).toBeLessThan(2_000_000);
    });

    it("writes nothing when the log has moved on", async () => {
      const { log, runId } = await withRun();
      expect(await log.append(runId, { events: [text("late")], ifSeq: 1 })).toEqual({ ok: false, reason: "stale_seq" });
      expect(await log.lastSeq(runId)).toBe(2);
    });

    it("takes an agent's lines once: the cursor moves with the events or not at all", async () => {
      const { log, runId } = await withRun();
      const cursor = { variation: 0, attempt: 0, from: 0, to: 3 };
      expect(await log.append(runId, { events: [text("x")], ifSeq: 2, cursor })).toMatchObject({ ok: true });
      expect(await log.append(runId, { events: [text("x")], ifSeq: 3, cursor })).toEqual({ ok: false, reason: "stale_cursor" });
      expect(await log.lastSeq(runId)).toBe(3);
      expect(await log.read(runId, 0, 100)).toHaveLength(3);
    });

    it("lets exactly one of many writers win each place", async () => {
      const { log, runId } = await withRun();
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, index) => log.append(runId, { events: [text(`w${index}`)], ifSeq: 2 })),
      );
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      expect(await log.lastSeq(runId)).toBe(3);
    });

    it("reads a long log in parts without a gap or a repetition", async () => {
      const { log, runId } = await withRun();
      for (let index = 0; index < 300; index += 1) await log.append(runId, { events: [text("p"), text("q")], ifSeq: 2 + 2 * index });
      const seen: number[] = [];
      for (let after = 0; ; ) {
        const part = await log.read(runId, after, 50);
        if (part.length === 0) break;
        seen.push(...part.map(({ seq }) => seq));
        after = seen.at(-1) ?? 0;
      }
      expect(seen).toEqual(Array.from({ length: 602 }, (_, index) => index + 1));
    });

    it("knows nothing of a run that is not there", async () => {
      const { log } = await open();
      expect(await log.lastSeq("nosuchrun00000")).toBeUndefined();
      expect(await log.append("nosuchrun00000", { events: [text("x")], ifSeq: 0 })).toEqual({ ok: false, reason: "stale_seq" });
    });
  });
}
