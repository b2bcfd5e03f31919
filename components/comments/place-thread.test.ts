import { expect, test } from "vitest";
import { placeThread, type ShownSide, type SpokenOf } from "./place-thread";

const spoken: SpokenOf = { commit: "b1", variation: 1, path: "a.ts", from: 2, to: 3, quote: "const a = 1;\nconst b = 2;" };
const side = (part: Partial<ShownSide>): ShownSide => ({ commit: "base", path: "a.ts", text: "", ...part });
const before = "first\nconst a = 1;\nconst b = 2;\n";

test("a thread stands at its own lines in the version that it is about, on either side", () => {
  expect(placeThread(spoken, { left: side({}), right: side({ commit: "b1", variation: 1, text: before }) })).toEqual({
    side: "right",
    state: "exact",
    from: 2,
    to: 3,
  });
  const right = side({ commit: "b2", variation: 1, text: "const a = 1;\nconst b = 2;\n" });
  expect(placeThread(spoken, { left: side({ commit: "b1", variation: 1, text: before }), right })?.side).toBe("left");
});

test("in a later version it follows its lines, nearest to where they were, through white space", () => {
  const text = `const a = 1;\nconst b = 2;\n${"x\n".repeat(20)}  const a = 1;\n  const b = 2;\n`;
  const later = side({ commit: "b2", variation: 1, text });
  expect(placeThread(spoken, { left: side({}), right: later })).toEqual({ side: "right", state: "moved", from: 1, to: 2 });
  const far: SpokenOf = { ...spoken, from: 30, to: 31 };
  expect(placeThread(far, { left: side({}), right: later })).toMatchObject({ from: 23, to: 24 });
});

test("where its lines are gone it is at the head of the file, never lost", () => {
  const right = side({ commit: "b2", variation: 1, text: "other\n" });
  expect(placeThread(spoken, { left: side({}), right })).toEqual({ side: "right", state: "outdated", from: 0, to: 0 });
  expect(placeThread(spoken, { left: side({}), right: { ...right, text: "" } })?.state).toBe("outdated");
  // A renamed file still is the file that was spoken of.
  const renamed = { left: side({}), right: side({ commit: "b2", variation: 1, path: "z.ts", text: before }) };
  expect(placeThread(spoken, renamed)).toMatchObject({ state: "moved", from: 2 });
});

test("what says nothing by itself is only found at its own line", () => {
  const brace: SpokenOf = { ...spoken, from: 2, to: 2, quote: "}" };
  const at = (text: string) => placeThread(brace, { left: side({}), right: side({ commit: "b2", variation: 1, text }) })?.state;
  expect(at("x\n}\n")).toBe("moved");
  expect(at("x\ny\n}\n")).toBe("outdated");
});

test("another file, and another variation's version, show nothing of it", () => {
  expect(placeThread(spoken, { left: side({ path: "c.ts" }), right: side({ commit: "b1", variation: 1, path: "c.ts" }) })).toBeUndefined();
  expect(placeThread(spoken, { left: side({}), right: side({ commit: "c1", variation: 2, text: before }) })).toBeUndefined();
});
