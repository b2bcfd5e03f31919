import { expect, it } from "vitest";
import { createRunQueue } from "./run-queue";

it("lets no more in than its capacity, first come first served, and tells positions as they change", async () => {
  const queue = createRunQueue(2);
  const never = new AbortController().signal;
  const told: Record<string, number[]> = {};
  const enter = (key: string, signal: AbortSignal = never): Promise<() => void> =>
    queue.enter(key, { signal, moved: (position) => (told[key] ??= []).push(position) });
  const [first] = await Promise.all([enter("a"), enter("b")]);
  const leave = new AbortController();
  const c = enter("c", leave.signal);
  const d = enter("d");
  expect(told).toEqual({ c: [1, 1], d: [2] });
  leave.abort();
  await expect(c).rejects.toThrow("left the queue");
  expect(told.d?.at(-1)).toBe(1);
  first();
  first();
  await d;
  const e = enter("e");
  expect(told.e).toEqual([1]);
  (await d)();
  await e;
});

it("gives a place at once to what runs already, and lets nobody in until there is room again", async () => {
  const queue = createRunQueue(1);
  const held = [queue.hold(), queue.hold()];
  expect(queue.load()).toEqual({ running: 2, waiting: 0, capacity: 1 });
  const waiting = queue.enter("a", { signal: new AbortController().signal, moved: () => undefined });
  held[0]?.();
  expect(queue.load()).toEqual({ running: 1, waiting: 1, capacity: 1 });
  held[1]?.();
  await waiting;
  expect(queue.load()).toEqual({ running: 1, waiting: 0, capacity: 1 });
});
