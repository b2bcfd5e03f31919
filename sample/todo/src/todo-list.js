/**
 * @typedef {object} Item
 * @property {number} id      never used twice within a list
 * @property {string} title
 * @property {boolean} done
 */

/**
 * Items in the order in which people see them.
 * @typedef {readonly Item[]} TodoList
 */

/**
 * Puts a new item at the end.
 * @param {TodoList} list
 * @param {string} title
 * @returns {TodoList}
 */
export function addItem(list, title) {
  const text = title.trim();
  if (text === "") throw new Error("An item needs a title.");
  const id = Math.max(0, ...list.map((item) => item.id)) + 1;
  return [...list, { id, title: text, done: false }];
}

/**
 * @param {TodoList} list
 * @param {number} id
 * @returns {TodoList}
 */
export function removeItem(list, id) {
  find(list, id);
  return list.filter((item) => item.id !== id);
}

/**
 * @param {TodoList} list
 * @param {number} id
 * @param {string} title
 * @returns {TodoList}
 */
export function renameItem(list, id, title) {
  find(list, id);
  return list.map((item) => (item.id === id ? { ...item, title: title.trim() } : item));
}

/**
 * Marks an item as done, or as open again.
 * @param {TodoList} list
 * @param {number} id
 * @returns {TodoList}
 */
export function toggleItem(list, id) {
  find(list, id);
  return list.map((item) => (item.id === id ? { ...item, done: !item.done } : item));
}

/**
 * Moves an item to another place; `position` counts from 1 and is kept within the list.
 * @param {TodoList} list
 * @param {number} id
 * @param {number} position
 * @returns {TodoList}
 */
export function moveItem(list, id, position) {
  const item = find(list, id);
  const others = list.filter((other) => other.id !== id);
  const index = Math.min(Math.max(position - 1, 0), others.length);
  return [...others.slice(0, index), item, ...others.slice(index)];
}

/**
 * @param {TodoList} list
 * @param {number} id
 * @returns {Item}
 */
function find(list, id) {
  const item = list.find((candidate) => candidate.id === id);
  if (item === undefined) throw new Error(`There is no item ${id}.`);
  return item;
}
