#!/usr/bin/env node
import { formatList } from "./format.js";
import { loadList, saveList } from "./storage.js";
import { addItem, moveItem, removeItem, renameItem, toggleItem } from "./todo-list.js";

const usage = `Usage: todo [list]
       todo add <title>
       todo done <id>
       todo rename <id> <title>
       todo move <id> <position>
       todo remove <id>`;

const file = process.env.TODO_FILE ?? "todo.json";
const [command = "list", ...rest] = process.argv.slice(2);

try {
  const list = await loadList(file);
  const changed = apply(list);
  if (changed !== list) await saveList(file, changed);
  console.log(formatList(changed));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

function apply(list) {
  const id = Number(rest[0]);
  switch (command) {
    case "list":
      return list;
    case "add":
      return addItem(list, rest.join(" "));
    case "done":
      return toggleItem(list, id);
    case "rename":
      return renameItem(list, id, rest.slice(1).join(" "));
    case "move":
      return moveItem(list, id, Number(rest[1]));
    case "remove":
      return removeItem(list, id);
    default:
      throw new Error(usage);
  }
}
