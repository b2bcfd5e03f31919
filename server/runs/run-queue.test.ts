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
