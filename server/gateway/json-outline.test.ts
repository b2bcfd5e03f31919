import fc from "fast-check";
import { expect, test } from "vitest";
import { outlineJson } from "./json-outline";

function levelsOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(levelsOf));
}

test("the outline of any value agrees with the value", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(undefined, 1, "\t"), (value, space) => {
      const text = JSON.stringify(value, null, space);
      const { levels, members } = outlineJson(text);
      expect(levels).toBe(levelsOf(JSON.parse(text)));
      const pieces = members.map(({ from, to }) => text.slice(from, to));
      expect(JSON.parse(`{${pieces.join(",")}}`)).toEqual(JSON.parse(text));
      expect(members.map(({ name }) => JSON.parse(`"${name}"`) as string)).toEqual(Object.keys(JSON.parse(text) as object));
    }),
  );
});

test.each([
  ['{"a":1,"b":{"a":2},"c":[{"a":1},{"a":2}]}', true],
  ['{"a":1,"a":2}', false],
  ['{"x":[{"type":"base64","type":"url"}]}', false],
  ['{"x":{"t\\u0079pe":"url","type":"base64"}}', false],
  ['{"x":"a string with \\"type\\":1,\\"type\\":2"}', true],
  ['["a","a"]', true],
  ['{"a":["b","b",{"c":"d"}],"e":"c"}', true],
])("%s can be read in one way only: %s", (text, plain) => {
  expect(outlineJson(text).plain).toBe(plain);
});

test("strings that end in backslashes end where they end", () => {
  const value = { a: "\\", b: '\\"', c: "}{][", d: '"' };
  expect(outlineJson(JSON.stringify(value))).toMatchObject({ levels: 1, plain: true });
  expect(outlineJson(JSON.stringify(value)).members).toHaveLength(4);
});
