import { once } from "node:events";
import { expect, it } from "vitest";
import { createCheckQueue, type QueuedWork } from "./check-queue";

/** Work that ends when it is told to, or when its signal aborts. */
function task(id: string, log: string[], runId = "run") {
  let finish = (): void => undefined;
  const ended = new Promise<void>((resolve) => (finish = resolve));
  const work: QueuedWork = {
    id,
    runId,
    target: "a",
    async work(signal) {
      log.push(`${id} ${signal.aborted ? "told" : "begins"}`);
      const aborted = signal.aborted ? Promise.resolve() : once(signal, "abort");
      await Promise.race([ended, aborted]);
      log.push(`${id} ${signal.aborted ? "stopped" : "ended"}`);
    },
  };
  return { work, finish };
}
const idle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

it("runs so many at once, fewer while variations run, and always one", async () => {
  const log: string[] = [];
  let running = 3;
  const queue = createCheckQueue({ limit: 2, load: () => ({ running, capacity: 3 }), draining: new AbortController().signal });
  const [one, two, three] = [task("1", log), task("2", log), task("3", log)];
  for (const { work } of [one, two, three]) queue.add(work);
  expect(log).toEqual(["1 begins"]);
  running = 0;
  queue.pump();
  expect(log).toEqual(["1 begins", "2 begins"]);
  one.finish();
  await idle();
  expect(log.slice(2)).toEqual(["1 ended", "3 begins"]);
  two.finish();
  three.finish();
  await queue.settled();
});

it("lets those that are cancelled say so, waiting ones too, and nobody else", async () => {
  const log: string[] = [];
  const queue = createCheckQueue({ limit: 1, load: () => ({ running: 0, capacity: 9 }), draining: new AbortController().signal });
  const [one, two, other] = [task("1", log), task("2", log), task("3", log, "other")];
  for (const { work } of [one, two, other]) queue.add(work);
  expect(await queue.cancel(({ runId }) => runId === "run")).toBe(2);
  await idle();
  expect(log).toContain("1 stopped");
  expect(log).toContain("2 stopped");
  expect(log).toContain("3 begins");
  other.finish();
  await queue.settled();
});

it("begins nothing once the server drains", async () => {
  const log: string[] = [];
  const draining = new AbortController();
  const queue = createCheckQueue({ limit: 1, load: () => ({ running: 0, capacity: 9 }), draining: draining.signal });
  for (const { work } of [task("1", log), task("2", log)]) queue.add(work);
  draining.abort();
  await queue.settled();
  expect(log).toEqual(["1 begins", "1 stopped"]);
});
