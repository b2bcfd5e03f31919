import { describe, expect, it } from "vitest";
import type { FileVersion } from "./file-versions";
import { mapFile } from "./map-file";
import { summarizeFile } from "./summarize-file";

const text = (...lines: string[]): string => lines.map((line) => `${line}\n`).join("");
const says = (...lines: string[]): FileVersion => ({ kind: "text", text: text(...lines) });

function summary(base: string[], ...variations: FileVersion[]) {
  return summarizeFile(mapFile({ path: "f.ts", base: { kind: "text", text: text(...base) }, variations }), variations.length);
}

describe("summarizeFile", () => {
  it("gives each variation the worst of what it changed", () => {
    const base = ["1", "-", "2", "-", "3"];
    const { mark, marks, rows } = summary(
      base,
      says("I", "-", "2", "-", "3"),
      says("I", "-", "II", "-", "3"),
      says("I", "-", "2", "-", "iii"),
      says("I", "-", "2", "-", "III"),
      { kind: "unknown" },
    );
    expect(mark.exact).toBe("conflict");
    expect(marks.exact).toEqual(["all", "only", "conflict", "conflict", "none"]);
    expect(rows.exact).toEqual({ all: 1, some: 0, only: 1, conflict: 1 });
  });

  it("has marks for each way to compare", () => {
    const { mark, marks, rows } = summary(["a", "b"], says("f( 1 );", "b"), says("f(1);", "b"), { kind: "untouched" });
    expect(mark).toEqual({ exact: "conflict", space: "some", imports: "some" });
    expect(marks.space).toEqual(["some", "some", "none"]);
    expect([rows.exact, rows.space]).toEqual([
      { all: 0, some: 0, only: 0, conflict: 1 },
      { all: 0, some: 1, only: 0, conflict: 0 },
    ]);
  });
});
