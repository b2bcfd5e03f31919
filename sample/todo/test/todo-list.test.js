import assert from "node:assert/strict";
import { test } from "node:test";
import { addItem, moveItem, removeItem, renameItem, toggleItem } from "../src/todo-list.js";

const list = ["Water the plants", "Call Ada", "Buy bread"].reduce(addItem, []);
const titles = (items) => items.map((item) => item.title);

test("a new item goes to the end and is open", () => {
  const added = addItem(list, "Sweep the yard").at(-1);
  assert.deepEqual(added, { id: 4, title: "Sweep the yard", done: false });
});

test("an item without a title is refused", () => {
  assert.throws(() => addItem(list, "   "), /needs a title/);
});

test("an item can be removed", () => {
  assert.deepEqual(titles(removeItem(list, 2)), ["Water the plants", "Buy bread"]);
});

test("an item can be renamed", () => {
  assert.deepEqual(titles(renameItem(list, 2, "Write to Ada")), ["Water the plants", "Write to Ada", "Buy bread"]);
});

test("marking an item twice opens it again", () => {
  const once = toggleItem(list, 1);
  assert.equal(once[0].done, true);
  assert.deepEqual(toggleItem(once, 1), list);
});

test("an item can be moved to the front", () => {
  assert.deepEqual(titles(moveItem(list, 3, 1)), ["Buy bread", "Water the plants", "Call Ada"]);
});

test("a position beyond the list means its end", () => {
  assert.deepEqual(titles(moveItem(list, 1, 99)), ["Call Ada", "Buy bread", "Water the plants"]);
});

test("an unknown id is an error that names it", () => {
  assert.throws(() => toggleItem(list, 7), /no item 7/);
});
