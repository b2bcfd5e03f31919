import { expect, it } from "vitest";
import { createStallWatch, type TurnRecord, type Verdict } from "./stall-watch";

const step = (input: unknown, content: string, name = "command"): TurnRecord => ({
  call: { id: "x", name, input },
  result: { ok: true, content },
});
const kinds = (verdicts: Verdict[]): string[] => verdicts.map(({ kind }) => kind);

it("tells, then stops, the same call with the same result, whatever the clock says and however its fields are ordered", () => {
  const watch = createStallWatch();
  const verdicts = [1, 2, 3, 4, 5].map((n) =>
    watch.turn([step(n % 2 === 0 ? { a: 1, b: 2 } : { b: 2, a: 1 }, `3 failed in 1.${n} s at 12:00:0${n}`)]),
  );
  expect(kinds(verdicts)).toEqual(["fine", "fine", "told", "fine", "stopped"]);
  expect(verdicts[4]).toMatchObject({ failure: { code: "no_progress", message: expect.stringContaining("5 times in a row") } });
});

it("counts the same call within one answer too", () => {
  const same = step({}, "same");
  expect(createStallWatch().turn([same, same, same, same, same]).kind).toBe("stopped");
});

it("lets a call be repeated whose result changes", () => {
  const watch = createStallWatch();
  expect(kinds(Array.from({ length: 30 }, (_, n) => watch.turn([step({}, `${n} tests pass`)])))).toEqual(Array(30).fill("fine"));
});

it("finds alternating cycles", () => {
  const watch = createStallWatch();
  const verdicts = Array.from({ length: 9 }, (_, n) => watch.turn([step({ file: n % 2 === 0 ? "a" : "b" }, "same")]));
  expect(kinds(verdicts.slice(0, 8))).toEqual(["fine", "fine", "fine", "fine", "fine", "told", "told", "stopped"]);
  expect(verdicts[7]).toMatchObject({ failure: { message: expect.stringContaining("the same 2 steps 4 times") } });
});

it("stops turns that bring nothing new, also when there is no cycle in them", () => {
  const watch = createStallWatch();
  for (const n of [1, 2, 3, 4]) watch.turn([step({ n }, "same")]);
  const order = [2, 1, 4, 3, 1, 3, 2, 4, 1, 2];
  const verdicts = order.map((n) => watch.turn([step({ n }, "same")]));
  expect(kinds(verdicts).filter((kind) => kind === "stopped")).toEqual(["stopped"]);
  expect(verdicts.at(-1)).toMatchObject({ failure: { message: expect.stringContaining("10 turns") } });
});

it("stops answers that end in nothing, and starts anew after something new", () => {
  const watch = createStallWatch();
  for (let n = 0; n < 9; n += 1) watch.turn([]);
  expect(watch.turn([step({}, "new")]).kind).toBe("fine");
  const verdicts = Array.from({ length: 10 }, () => watch.turn([]));
  expect(verdicts.at(-1)?.kind).toBe("stopped");
});

it("does not take waiting for standing still", () => {
  const watch = createStallWatch();
  const waiting: TurnRecord = { call: { id: "x", name: "process", input: {} }, result: { ok: true, content: "", waited: true } };
  expect(kinds(Array.from({ length: 20 }, () => watch.turn([waiting])))).toEqual(Array(20).fill("fine"));
});
