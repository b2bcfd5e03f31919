import { expect, test } from "vitest";
import { draftStore } from "./draft-store";

test("what is written while a message is on its way is another one; what could not be sent comes back before it", () => {
  const drafts = draftStore("run00000000001");
  const { write, comment, take, putBack } = drafts.getState();
  write("first");
  comment({ on: { kind: "lines", at: "b", path: "a.ts", from: 1, to: 1 }, place: "a.ts:1", quote: "q" });
  const taken = take();
  expect(drafts.getState()).toMatchObject({ text: "", comments: [] });
  write("second");
  putBack(taken);
  expect(drafts.getState()).toMatchObject({ text: "first\nsecond", comments: [{ place: "a.ts:1" }] });
});
