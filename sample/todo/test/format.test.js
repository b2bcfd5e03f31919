import assert from "node:assert/strict";
import { test } from "node:test";
import { formatList, summary } from "../src/format.js";

test("items are shown with their marks and a count", () => {
  const list = [
    { id: 1, title: "Water the plants", done: true },
    { id: 2, title: "Call Ada", done: false },
  ];
  assert.equal(formatList(list), "1 [x] Water the plants\n2 [ ] Call Ada\n\n1 item left.");
});

test("an empty list and a finished one are said in words", () => {
  assert.equal(formatList([]), "Nothing to do.");
  assert.equal(summary([{ id: 1, title: "Call Ada", done: true }]), "All done.");
});
