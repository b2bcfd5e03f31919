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

test("who was chosen for a message that is sent is not chosen for a comment that begins the next one", () => {
  const drafts = draftStore("run00000000002");
  const { address, comment, take, write } = drafts.getState();
  const on = { on: { kind: "lines", at: "b", path: "a.ts", from: 1, to: 1 }, variation: 1, place: "a.ts:1", quote: "q" } as const;
  address([0]);
  comment(on);
  expect(drafts.getState().to).toEqual([0]);
  take();
  expect(drafts.getState().to).toEqual([0]);
  comment(on);
  expect(drafts.getState().to).toBeUndefined();

  address([0]);
  take();
  write("And this:");
  comment(on);
  expect(drafts.getState().to).toEqual([0]);
});
