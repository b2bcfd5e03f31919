import { expect, it } from "vitest";
import { growTo } from "./append-text";

/** A text node that notes what is done to it. */
function fakeNode(data: string) {
  const done: string[] = [];
  const node = {
    get data() {
      return data;
    },
    set data(value: string) {
      done.push("replaced");
      data = value;
    },
    appendData(text: string) {
      done.push(`appended ${text.length}`);
      data += text;
    },
    deleteData(offset: number, count: number) {
      done.push(`deleted ${offset}+${count}`);
      data = data.slice(0, offset) + data.slice(offset + count);
    },
  };
  return { node, done };
}

const lines = Array.from({ length: 40 }, (_, at) => `line ${at} of what a command printed`);

it.each([
  ["nothing new", "abc", "abc", []],
  ["something new at the end", "abc", "abcdef", ["appended 3"]],
  ["a first line less and a new one more", lines.slice(0, 30).join("\n"), lines.slice(1, 32).join("\n"), ["deleted 0+33", "appended 68"]],
  ["another text", "abc", "xyz", ["replaced"]],
  ["less than before", "abcdef", "abc", ["replaced"]],
])("%s", (_, before, after, expected) => {
  const { node, done } = fakeNode(before);
  growTo(node, after);
  expect(node.data).toBe(after);
  expect(done).toEqual(expected);
});
