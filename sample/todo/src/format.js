/** @import { TodoList } from "./todo-list.js" */

/**
 * One line per item, and a line that counts what is left.
 * @param {TodoList} list
 * @returns {string}
 */
export function formatList(list) {
  if (list.length === 0) return "Nothing to do.";
  const width = String(Math.max(...list.map((item) => item.id))).length;
  const lines = list.map((item) => `${String(item.id).padStart(width)} [${item.done ? "x" : " "}] ${item.title}`);
  return [...lines, "", summary(list)].join("\n");
}

/**
 * @param {TodoList} list
 * @returns {string}
 */
export function summary(list) {
  const open = list.filter((item) => !item.done).length;
  if (open === 0) return "All done.";
  return open === 1 ? "1 item left." : `${open} items left.`;
}
