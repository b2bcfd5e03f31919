import { expect, test } from "vitest";
import { outlineJson } from "./json-outline";

function levelsOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(levelsOf));
}

/** Numbers in 0…1 that are the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const PIECES = ['"', "\\", "{", "}", "[", "]", ",", ":", "a", " ", "\n", "ü", "😀", "\ud800"];

function anyValue(random: () => number, levels: number): unknown {
  const pick = Math.floor(random() * (levels > 0 ? 7 : 5));
  const text = (): string => Array.from({ length: Math.floor(random() * 6) }, () => PIECES[Math.floor(random() * PIECES.length)]).join("");
  const several = Array.from({ length: levels > 0 ? Math.floor(random() * 4) : 0 }, () => anyValue(random, levels - 1));
  if (pick < 5) return [null, true, -1.5e-7, 12, text()][pick];
  return pick === 5 ? several : Object.fromEntries(several.map((value) => [text(), value]));
}

test("the outline of any value agrees with the value", () => {
  for (let seed = 0; seed < 2_000; seed += 1) {
    const random = randomFrom(seed);
    const text = JSON.stringify({ first: anyValue(random, 3), ...Object(anyValue(random, 3)) }, null, seed % 3);
    const value = JSON.parse(text) as object;
    const { levels, members } = outlineJson(text);
    expect(levels).toBe(levelsOf(value));
    expect(JSON.parse(`{${members.map(({ from, to }) => text.slice(from, to)).join(",")}}`)).toEqual(value);
    expect(members.map(({ name }) => JSON.parse(`"${name}"`) as string).sort()).toEqual(Object.keys(value).sort());
  }
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
