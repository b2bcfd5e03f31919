import type { SourceFile } from "../source/source-file";

export interface Style {
  quote: '"' | "'";
  semicolon: ";" | "";
  /** ECMAScript modules, not CommonJS. */
  modules: boolean;
  /** How variables that never change are declared. */
  declare: "const" | "var";
}

/** What the file itself does most. */
export function styleOf({ code, language }: Pick<SourceFile, "code" | "language">): Style {
  const count = (pattern: RegExp): number => code.match(pattern)?.length ?? 0;
  const single = count(/'/g);
  const double = count(/"/g);
  return {
    quote: single > double || (single === double && language === "javascript") ? "'" : '"',
    semicolon: count(/;\r?$/gm) * 3 >= count(/[\w)\]'"]\r?$/gm) && count(/;\r?$/gm) > 0 ? ";" : "",
    modules: !/\brequire\(|\bmodule\.exports\b|\bexports\.\w/.test(code) || /^(import|export)\b/m.test(code),
    declare: /^\s*(const|let)\s/m.test(code) || !/^\s*var\s/m.test(code) ? "const" : "var",
  };
}
