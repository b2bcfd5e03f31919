import { readFile, rename, writeFile } from "node:fs/promises";

/** @import { TodoList } from "./todo-list.js" */

/**
 * Reads the list; a file that does not exist yet is an empty list.
 * @param {string} file
 * @returns {Promise<TodoList>}
 */
export async function loadList(file) {
  let text;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
  return parseList(text);
}

/**
 * Writes to a second file first, so that a crash never leaves half a list.
 * @param {string} file
 * @param {TodoList} list
 */
export async function saveList(file, list) {
  const draft = `${file}.tmp`;
  await writeFile(draft, serializeList(list));
  await rename(draft, file);
}

/**
 * @param {TodoList} list
 * @returns {string}
 */
export function serializeList(list) {
  const items = Object.fromEntries(list.map(({ id, title, done }) => [id, { title, done }]));
  return `${JSON.stringify({ version: 1, items }, null, 2)}\n`;
}

/**
 * @param {string} text
 * @returns {TodoList}
 */
export function parseList(text) {
  const { version, items } = JSON.parse(text);
  if (version !== 1) throw new Error(`This todo file has version ${version}, which this program does not know.`);
  return Object.entries(items).map(([id, { title, done }]) => ({ id: Number(id), title, done }));
}
