import { describe, expect, it } from "vitest";
import { parseViewSettings } from "./view-settings";

describe("parseViewSettings", () => {
  it("reads what was kept, and takes the default for the rest", () => {
    const defaults = { sideBySide: true, wrap: false, ignoreWhitespace: false, foldUnchanged: true };
    expect(parseViewSettings(null)).toEqual(defaults);
    expect(parseViewSettings('{"sideBySide":false,"wrap":"yes","other":1}')).toEqual({ ...defaults, sideBySide: false });
    for (const text of ["", "[", "null", "3"]) expect(parseViewSettings(text), text).toEqual(defaults);
  });
});
