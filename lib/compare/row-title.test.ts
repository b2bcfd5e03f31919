import { expect, it } from "vitest";
import { splitLines } from "./lines";
import { mapFile } from "./map-file";
import { rowTitle } from "./row-title";

const base = `const MAX = 3;

export async function withRetry<T>(send: Send<T>) {
  for (;;) {
    if (tries > MAX) throw error;

    await sleep(1);
  }
}
`;

function titles(text: string, original: string | null = base): (string | undefined)[] {
  const { rows } = mapFile({
    path: "f",
    base: original === null ? null : { kind: "text", text: original },
    variations: [{ kind: "text", text }],
  });
  return rows.map((row) => rowTitle(row, splitLines(original ?? "")));
}

it("names what is declared in a row, else what the row stands in, else what is new", () => {
  expect(titles(base.replace("= 3", "= 4"))).toEqual(["MAX"]);
  expect(titles(base.replace("sleep(1)", "sleep(2)"))).toEqual(["withRetry()"]);
  expect(titles("class Shop {\n  open() {}\n}\n", null)).toEqual(["Shop"]);
  expect(titles("plain words\n", null)).toEqual([undefined]);
  expect(titles("def pay(x):\n    return 2\n", "def pay(x):\n    return 1\n")).toEqual(["pay()"]);
});
