import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AttachItem, AttemptSpec, Executor, ExecutorRef } from "./executor";

/**
 * What every executor must do. The adapter's test brings agents that know these prompts:
 * `lines N` prints N lines `{"n":i}` and ends with 0; `exit N` prints one line and ends with N; `die` ends itself with SIGKILL;
 * `endless` prints `{"n":i}` every 20 ms for ever.
 */
export interface ExecutorHarness {
  executor: Executor;
  spec(prompt: string): AttemptSpec;
  dispose(): Promise<void>;
}

/** Declares the suite for one adapter. */
export function executorContract(name: string, create: () => Promise<ExecutorHarness>): void {
  describe(`executor contract: ${name}`, () => {
    let harness: ExecutorHarness;
    beforeEach(async () => {
      harness = await create();
    });
    afterEach(() => harness.dispose());

    async function started(prompt: string): Promise<{ ref: ExecutorRef; spec: AttemptSpec }> {
      const spec = harness.spec(prompt);
      await harness.executor.prepare(spec);
      return { ref: await harness.executor.start(spec), spec };
    }

    it("yields every line once, in order, then one exit", async () => {
      const { ref } = await started("lines 50");
      const items = await drain(harness.executor, ref, 1);
      expect(items.slice(0, -1)).toEqual(
        Array.from({ length: 50 }, (_, at) => ({ type: "line", line: { line: at + 1, text: `{"n":${at + 1}}` } })),
      );
      expect(items.at(-1)).toEqual({ type: "exit", exit: { kind: "exited", code: 0 } });
    });

    it("goes on from a cursor, also after the end", async () => {
      const { ref } = await started("lines 5");
      await drain(harness.executor, ref, 1);
      const again = await drain(harness.executor, ref, 4);
      expect(again.map((item) => (item.type === "line" ? item.line.line : item.exit.kind))).toEqual([4, 5, "exited"]);
    });

    it("starts one sandbox, however often it is asked", async () => {
      const { spec, ref } = await started("lines 3");
      const again = await harness.executor.start(spec);
      expect(again).toEqual(ref);
      expect(await drain(harness.executor, again, 1)).toHaveLength(4);
    });

    it("says how the agent ended", async () => {
      const failed = await started("exit 3");
      expect((await drain(harness.executor, failed.ref, 1)).at(-1)).toEqual({ type: "exit", exit: { kind: "exited", code: 3 } });
      const killed = await started("die");
      expect((await drain(harness.executor, killed.ref, 1)).at(-1)).toEqual({
        type: "exit",
        exit: { kind: "signalled", signal: "SIGKILL" },
      });
    });

    it("stops what would run for ever, and may be asked twice", async () => {
      const { ref } = await started("endless");
      const items: AttachItem[] = [];
      const begin = performance.now();
      for await (const item of harness.executor.attach(ref, { fromLine: 1, signal: new AbortController().signal })) {
        items.push(item);
        if (items.length === 3) void harness.executor.stop(ref).then(() => harness.executor.stop(ref));
      }
      expect(items.at(-1)?.type).toBe("exit");
      expect(performance.now() - begin).toBeLessThan(20_000);
    });

    it("lets go without an exit when the reader leaves, and the agent goes on", async () => {
      const { ref } = await started("endless");
      const leave = new AbortController();
      let seen = 0;
      for await (const item of harness.executor.attach(ref, { fromLine: 1, signal: leave.signal })) {
        expect(item.type).toBe("line");
        seen += 1;
        if (seen === 2) leave.abort();
      }
      const back = new AbortController();
      const more: AttachItem[] = [];
      for await (const item of harness.executor.attach(ref, { fromLine: seen + 5, signal: back.signal })) {
        more.push(item);
        back.abort();
      }
      expect(more[0]).toMatchObject({ type: "line", line: { line: seen + 5 } });
      expect(more.every(({ type }) => type === "line")).toBe(true);
      await harness.executor.stop(ref);
    });

    it("finds by name what was started, and nothing else", async () => {
      const { ref, spec } = await started("lines 1");
      expect(await harness.executor.adopt(spec.name)).toEqual(JSON.parse(JSON.stringify(ref)));
      expect(await harness.executor.adopt(harness.spec("lines 1").name)).toBeUndefined();
    });

    it("says whether anything is left of an attempt", async () => {
      const { ref, spec } = await started("lines 1");
      expect(await harness.executor.alive(ref)).toBe(true);
      await drain(harness.executor, ref, 1);
      expect(await harness.executor.alive(ref)).toBe(true);
      await harness.executor.cleanup(spec.name);
      expect(await harness.executor.alive(ref)).toBe(false);
    });

    it("leaves nothing behind after clean-up, and may be asked twice", async () => {
      const { spec } = await started("endless");
      await harness.executor.cleanup(spec.name);
      await harness.executor.cleanup(spec.name);
      expect(await harness.executor.adopt(spec.name)).toBeUndefined();
    });

    it("reports what is in force", async () => {
      const report = await harness.executor.report();
      expect(report.summary).not.toBe("");
      if (!report.isolated) expect(report.remedy).toBeTruthy();
    });
  });
}

/** Everything from a line to the exit. */
export async function drain(executor: Executor, ref: ExecutorRef, fromLine: number): Promise<AttachItem[]> {
  const items: AttachItem[] = [];
  for await (const item of executor.attach(ref, { fromLine, signal: new AbortController().signal })) items.push(item);
  return items;
}
