import { expect, test } from "vitest";
import { createFairGate } from "./fair-gate";

const never = new AbortController().signal;

test("lets so many in, then whoever waits, in turns by key", async () => {
  const gate = createFairGate(1);
  const order: string[] = [];
  const release = await gate.enter("a", never);
  const entered = ["a1", "a2", "a3", "b1", "c1", "b2"].map(async (name) => {
    const leave = await gate.enter(name.slice(0, 1), never);
    order.push(name);
    leave();
    leave();
  });
  expect(order).toEqual([]);
  release();
  await Promise.all(entered);
  expect(order).toEqual(["a1", "b1", "c1", "a2", "b2", "a3"]);
});

test("who leaves while waiting takes no place and keeps nobody out", async () => {
  const gate = createFairGate(1);
  const release = await gate.enter("a", never);
  const leaving = new AbortController();
  const gone = gate.enter("b", leaving.signal);
  const next = gate.enter("c", never);
  leaving.abort(new Error("left"));
  await expect(gone).rejects.toThrow("left");
  await expect(gate.enter("d", leaving.signal)).rejects.toThrow("left");
  release();
  (await next)();
  (await gate.enter("e", never))();
});
