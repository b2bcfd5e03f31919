import { describe, expect, it } from "vitest";
import { parseViewSettings } from "./view-settings";

describe("parseViewSettings", () => {
  it("reads what was kept, and takes the default for the rest", () => {
    const defaults = { sideBySide: true, wrap: false, ignoreWhitespace: false, foldUnchanged: true, likeness: "exact", hunks: false };
    expect(parseViewSettings(null)).toEqual(defaults);
    expect(parseViewSettings('{"sideBySide":false,"wrap":"yes","other":1}')).toEqual({ ...defaults, sideBySide: false });
    expect(parseViewSettings('{"likeness":"imports","hunks":true}')).toEqual({ ...defaults, likeness: "imports", hunks: true });
    expect(parseViewSettings('{"likeness":"sound"}')).toEqual(defaults);
    for (const text of ["", "[", "null", "3"]) expect(parseViewSettings(text), text).toEqual(defaults);
  });
});
