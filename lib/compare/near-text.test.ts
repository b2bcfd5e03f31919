import { describe, expect, it } from "vitest";
import { splitLines } from "./lines";
import { importBlocks, withoutImportOrder, withoutSpaces } from "./near-text";

const form = (text: string): string => withoutImportOrder(splitLines(text));

describe("withoutImportOrder", () => {
  it.each([
    ['import { b,\n  a } from "x";\nimport y from "y"\n', 'import y from "y";\n\nimport { a, b } from "x";\n'],
    ["from x import b\nimport os\n", "import os\nfrom x import b\n"],
    ["use a::b;\nuse a::{d, c};\n", "use a::{c, d};\nuse a::b;\n"],
    ["#include <b.h>\n#include <a.h>\n", "#include <a.h>\n#include <b.h>\n"],
    ['const a = require("a");\nconst b = require("b");\n', 'const b = require("b");\nconst a = require("a");\n'],
    ["using B;\nusing A;\n", "using A;\nusing B;\n"],
  ])("is the same for the same imports in another order", (one, other) => {
    expect(form(one)).toBe(form(other));
    expect(withoutSpaces(splitLines(one))).not.toBe(withoutSpaces(splitLines(other)));
  });

  it("keeps the order of all else, and imports on their side of it", () => {
    expect(form("f();\ng();\n")).not.toBe(form("g();\nf();\n"));
    expect(form('import "a";\nf();\nimport "b";\n')).not.toBe(form('import "b";\nf();\nimport "a";\n'));
    expect(form("user();\nimportant();\n")).not.toBe(form("important();\nuser();\n"));
    expect(form("import (\n")).toBe("import(");
  });
});

describe("importBlocks", () => {
  it("finds imports that stand together, across blank lines and lines of their own names", () => {
    const lines = splitLines('// top\nimport {\n  a,\n} from "a";\n\nimport "b";\n\nf();\nimport "c";\n');
    expect(importBlocks(lines)).toEqual([
      { start: 1, end: 6 },
      { start: 8, end: 9 },
    ]);
  });
});
