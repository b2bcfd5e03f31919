import { describe, expect, it } from "vitest";
import type { FileDiffRow } from "../protocol/trees";
import { isSubmodule, rowFacts, textFacts } from "./file-facts";

const facts = (part: Partial<FileDiffRow>) =>
  rowFacts({
    status: "modified",
    old_path: null,
    old_mode: "100644",
    new_mode: "100644",
    old_blob: "1",
    new_blob: "2",
    ...part,
  } as FileDiffRow);
const text = (left: string | undefined, right: string | undefined, ignoreWhitespace = false) =>
  textFacts(left, right, { ignoreWhitespace });

describe("rowFacts", () => {
  it("says what the lines do not", () => {
    expect(facts({})).toEqual([]);
    expect(facts({ new_mode: "100755" })).toEqual(["Made executable (mode 100644 → 100755)."]);
    expect(facts({ old_mode: "100755" })).toEqual(["No longer executable (mode 100755 → 100644)."]);
    expect(facts({ new_mode: "120000" })).toEqual(["Was an ordinary file, is now a symbolic link."]);
    expect(facts({ status: "added", old_mode: null, new_mode: "120000" })).toEqual(["A symbolic link: its text is where it points to."]);
    expect(facts({ status: "added", old_mode: null, new_mode: "100755" })).toEqual(["An executable file."]);
    expect(facts({ status: "renamed", old_path: "a", new_blob: "1" })).toEqual(["Renamed from a, content unchanged."]);
    expect(facts({ status: "renamed", old_path: "a" })).toEqual(["Renamed from a."]);
  });

  it("knows a submodule on either side", () => {
    expect(isSubmodule({ old_mode: "160000", new_mode: null })).toBe(true);
    expect(isSubmodule({ old_mode: "100644", new_mode: "160000" })).toBe(true);
    expect(isSubmodule({ old_mode: "100644", new_mode: "100644" })).toBe(false);
  });
});

describe("textFacts", () => {
  it("names empty files", () => {
    expect(text(undefined, "")).toEqual(["The file is empty."]);
    expect(text("", undefined)).toEqual(["The file was empty."]);
    expect(text("a\n", "")).toEqual(["The file is empty now."]);
    expect(text("", "a\n")).toEqual(["The file was empty."]);
  });

  it("names the end of the file", () => {
    expect(text("a\n", "a")).toEqual(["The line break at the end of the file was removed."]);
    expect(text("a", "a\n")).toEqual(["A line break was added at the end of the file."]);
    expect(text("a", "b")).toEqual(["No line break at the end of the file, on both sides."]);
    expect(text(undefined, "b")).toEqual(["No line break at the end of the file."]);
    expect(text("a\n", "b\n")).toEqual([]);
  });

  it("names line breaks, byte order marks and white space that is not shown", () => {
    expect(text("a\nb\n", "a\r\nb\r\n")).toEqual(["Line breaks changed from LF to CRLF."]);
    expect(text("a\r\nb\r\n", "a\r\nb\n")).toEqual(["Line breaks changed from CRLF to mixed."]);
    expect(text("a\n", "\uFEFFa\n")).toEqual(["A byte order mark was added."]);
    expect(text("a\n", "  a\n", true)).toEqual(["Lines differ in leading and trailing white space only, which is ignored."]);
    expect(text("a\n", "  a\n")).toEqual([]);
  });
});
