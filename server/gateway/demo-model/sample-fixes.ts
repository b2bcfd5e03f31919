/** One way to mend the sample repository's bug: saved lists come back in the order of their ids. */
export interface SampleFix {
  /** Ends the sentence "I will …". */
  approach: string;
  edits: readonly { path: string; old: string; new: string }[];
  test: { path: string; content: string };
  command: string;
  /** What it costs, in one sentence. */
  tradeOff: string;
}

export const BUGGY_FILE = "src/storage.js";

const SERIALIZE = "  const items = Object.fromEntries(list.map(({ id, title, done }) => [id, { title, done }]));";
const STRINGIFY = "  return `${JSON.stringify({ version: 1, items }, null, 2)}\\n`;";
const PARSE = "  return Object.entries(items).map(([id, { title, done }]) => ({ id: Number(id), title, done }));";
const KNOWN_PROBLEM =
  "\n## Known problems\n\n- The todo list loses its order after a reload: items that were moved are back in their old places the next time `todo` runs.\n";

const IN_STORAGE = (old: string, replacement: string): { path: string; old: string; new: string } => ({
  path: BUGGY_FILE,
  old,
  new: replacement,
});

/** By variation: five ways that all pass the sample's tests and its own new one. */
export const sampleFixes: readonly SampleFix[] = [
  {
    approach: "store the items as a JSON **array**, which keeps its order by definition",
    edits: [
      IN_STORAGE(SERIALIZE, "  const items = list.map(({ id, title, done }) => ({ id, title, done }));"),
      IN_STORAGE(PARSE, `  if (Array.isArray(items)) return items;\n  // Older files are keyed by id.\n${PARSE}`),
      { path: "README.md", old: KNOWN_PROBLEM, new: "" },
    ],
    test: {
      path: "test/order.test.js",
      content: `import assert from "node:assert/strict";
import { test } from "node:test";
import { parseList, serializeList } from "../src/storage.js";
import { addItem, moveItem } from "../src/todo-list.js";

const list = ["Water the plants", "Call Ada", "Buy bread"].reduce(addItem, []);

test("a moved item is where it was put after a reload", () => {
  const moved = moveItem(list, 3, 1);
  assert.deepEqual(parseList(serializeList(moved)), moved);
});

test("a file that is keyed by id can still be read", () => {
  const text = '{"version": 1, "items": {"1": {"title": "Call Ada", "done": true}}}';
  assert.deepEqual(parseList(text), [{ id: 1, title: "Call Ada", done: true }]);
});
`,
    },
    command: "npm test",
    tradeOff: "The file's shape changes; files in the old shape are still read.",
  },
  {
    approach: "keep the items keyed by id and save their order beside them, in a new **`order`** field",
    edits: [
      IN_STORAGE(
        `${SERIALIZE}\n${STRINGIFY}`,
        `${SERIALIZE}
  // The keys of an object are sorted when they are numbers, so the order needs a place of its own.
  const order = list.map(({ id }) => id);
  return \`\${JSON.stringify({ version: 1, order, items }, null, 2)}\\n\`;`,
      ),
      IN_STORAGE(
        "  const { version, items } = JSON.parse(text);",
        "  const { version, items, order = Object.keys(items) } = JSON.parse(text);",
      ),
      IN_STORAGE(PARSE, "  return order.map((id) => ({ id: Number(id), title: items[id].title, done: items[id].done }));"),
    ],
    test: {
      path: "test/reload.test.js",
      content: `import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { loadList, saveList } from "../src/storage.js";
import { addItem, moveItem } from "../src/todo-list.js";

let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "todo-"));
});
after(() => rm(folder, { recursive: true, force: true }));

test("the order survives saving and loading", async () => {
  const file = join(folder, "todo.json");
  const list = moveItem(["Water the plants", "Call Ada", "Buy bread"].reduce(addItem, []), 1, 3);
  await saveList(file, list);
  assert.deepEqual(
    (await loadList(file)).map(({ id }) => id),
    [2, 3, 1],
  );
});
`,
    },
    command: "npm test",
    tradeOff: "The order is stored apart from the items, so whoever edits the file by hand has two places to keep in step.",
  },
  {
    approach: "give every saved item its **position**, and sort by it when the list is loaded",
    edits: [
      IN_STORAGE(
        SERIALIZE,
        "  const items = Object.fromEntries(list.map(({ id, title, done }, position) => [id, { title, done, position }]));",
      ),
      IN_STORAGE(
        PARSE,
        `  return Object.entries(items)
    .map(([id, { title, done, position = Number(id) }]) => ({ position, item: { id: Number(id), title, done } }))
    .sort((one, other) => one.position - other.position)
    .map(({ item }) => item);`,
      ),
    ],
    test: {
      path: "test/moved-items.test.js",
      content: `import assert from "node:assert/strict";
import { test } from "node:test";
import { parseList, serializeList } from "../src/storage.js";
import { addItem, moveItem } from "../src/todo-list.js";

const list = ["One", "Two", "Three", "Four"].reduce(addItem, []);

for (const position of [1, 2, 3, 4]) {
  test(\`item 2 stays at position \${position} after a reload\`, () => {
    const reloaded = parseList(serializeList(moveItem(list, 2, position)));
    assert.equal(reloaded[position - 1].id, 2);
    assert.deepEqual(Object.keys(reloaded[0]), ["id", "title", "done"]);
  });
}
`,
    },
    command: "node --test",
    tradeOff: "The file keeps its shape and older programs can still read it; they only ignore the positions.",
  },
  {
    approach: "save **pairs** of id and item, the way a `Map` lists its entries",
    edits: [
      IN_STORAGE(SERIALIZE, "  const items = list.map(({ id, title, done }) => [id, { title, done }]);"),
      IN_STORAGE(
        PARSE,
        `  const entries = Array.isArray(items) ? items : Object.entries(items);
  return entries.map(([id, { title, done }]) => ({ id: Number(id), title, done }));`,
      ),
      {
        path: "README.md",
        old: KNOWN_PROBLEM,
        new: "\n## The file\n\n`todo.json` keeps the items as pairs of id and item, in the order in which `todo list` shows them.\n",
      },
    ],
    test: {
      path: "test/storage-order.test.js",
      content: `import assert from "node:assert/strict";
import { test } from "node:test";
import { parseList, serializeList } from "../src/storage.js";

test("items are loaded in the order in which they were saved", () => {
  const list = [
    { id: 10, title: "Last in, first out", done: false },
    { id: 2, title: "Second", done: true },
    { id: 1, title: "First in, last out", done: false },
  ];
  assert.deepEqual(parseList(serializeList(list)), list);
});

test("an empty list stays empty", () => {
  assert.deepEqual(parseList(serializeList([])), []);
});
`,
    },
    command: "npm test",
    tradeOff: "It is a small change of the code, though pairs are harder to read in the file than objects.",
  },
  {
    approach: "write the keys as **`#1`, `#2`, …**: JavaScript only reorders keys that look like numbers",
    edits: [
      IN_STORAGE(
        SERIALIZE,
        `  // The mark keeps JavaScript from sorting the keys as numbers.
  const items = Object.fromEntries(list.map(({ id, title, done }) => [\`#\${id}\`, { title, done }]));`,
      ),
      IN_STORAGE(
        PARSE,
        '  return Object.entries(items).map(([key, { title, done }]) => ({ id: Number(key.replace("#", "")), title, done }));',
      ),
    ],
    test: {
      path: "test/keep-order.test.js",
      content: `import assert from "node:assert/strict";
import { test } from "node:test";
import { parseList, serializeList } from "../src/storage.js";
import { addItem, moveItem, removeItem } from "../src/todo-list.js";

test("moving, removing and adding keep their order over reloads", () => {
  const reload = (list) => parseList(serializeList(list));
  let list = reload(["Water the plants", "Call Ada", "Buy bread"].reduce(addItem, []));
  list = reload(moveItem(list, 3, 1));
  list = reload(removeItem(list, 1));
  list = reload(addItem(list, "Sweep the yard"));
  assert.deepEqual(
    list.map(({ title }) => title),
    ["Buy bread", "Call Ada", "Sweep the yard"],
  );
});
`,
    },
    command: "node --test",
    tradeOff: "Nothing but the keys changes, at the price of a trick that needs its comment.",
  },
];
