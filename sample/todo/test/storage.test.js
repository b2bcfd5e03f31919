import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { loadList, parseList, saveList } from "../src/storage.js";
import { addItem, toggleItem } from "../src/todo-list.js";

let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "todo-"));
});
after(() => rm(folder, { recursive: true, force: true }));

test("a file that does not exist is an empty list", async () => {
  assert.deepEqual(await loadList(join(folder, "none.json")), []);
});

test("what was saved is loaded again", async () => {
  const file = join(folder, "todo.json");
  const list = toggleItem(["Water the plants", "Call Ada"].reduce(addItem, []), 1);
  await saveList(file, list);
  assert.deepEqual(await loadList(file), list);
});

test("a file of a later version is refused", () => {
  assert.throws(() => parseList('{"version": 2, "items": {}}'), /version 2/);
});

test("a file that is no JSON is an error, not an empty list", async () => {
  const file = join(folder, "broken.json");
  await writeFile(file, "{");
  await assert.rejects(loadList(file), SyntaxError);
});
