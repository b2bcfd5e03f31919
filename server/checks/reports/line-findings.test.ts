import { describe, expect, it } from "vitest";
import { parseLineFindings } from "./line-findings";

/** As `file:line severity rule: message`. */
const found = (output: string): string[] =>
  parseLineFindings(output).findings.map(({ file, line, severity, rule, message }) => `${file}:${line} ${severity} ${rule}: ${message}`);

describe("parseLineFindings", () => {
  it("reads mypy", () => {
    const output = `a.py:3: error: Incompatible return value type (got "int", expected "str")  [return-value]
a.py:3: note: See the documentation
shop/b.py:4:1: warning: unused "type: ignore" comment  [unused-ignore]
Found 2 errors in 1 file (checked 1 source file)
`;
    expect(found(output)).toEqual([
      'a.py:3 error return-value: Incompatible return value type (got "int", expected "str")',
      'shop/b.py:4 warning unused-ignore: unused "type: ignore" comment',
    ]);
  });

  it("reads flake8, pyflakes and pylint", () => {
    const output = `./a.py:1:1: F401 'os' imported but unused
a.py:4:7: undefined name 'undefined_name'
************* Module a
a.py:1:0: C0114: Missing module docstring (missing-module-docstring)
`;
    expect(found(output)).toEqual([
      "a.py:1 error F401: 'os' imported but unused",
      "a.py:4 error : undefined name 'undefined_name'",
      "a.py:1 error C0114: Missing module docstring (missing-module-docstring)",
    ]);
  });

  it("reads go vet and golangci-lint", () => {
    const output = `# example.com/v
./v.go:6:2: fmt.Printf format %d has arg "x" of wrong type string
vet: ./w.go:4:2: undeclared name: missing
in/x.go:12:5: ineffectual assignment to err (ineffassign)
`;
    expect(found(output)).toEqual([
      'v.go:6 error : fmt.Printf format %d has arg "x" of wrong type string',
      "w.go:4 error : undeclared name: missing",
      "in/x.go:12 error ineffassign: ineffectual assignment to err",
    ]);
  });

  it("reads Clippy and rustc, what is said twice once", () => {
    const warning = `warning: writing \`&Vec\` instead of \`&[_]\` involves a new object where a slice will do
   --> src/lib.rs:194:15
    |
194 | pub fn bad(v: &Vec<u8>) -> u8 {
    |               ^^^^^^^^
`;
    const output = `    Checking heck v0.5.0 (/workspace)
${warning}${warning}error[E0425]: cannot find type \`Vec\` in this scope
   --> src/lib.rs:200:16
error: could not compile \`heck\` (lib) due to 1 previous error
src/main.rs:3:1: error[E0433]: failed to resolve
`;
    expect(found(output)).toEqual([
      "src/lib.rs:194 warning : writing `&Vec` instead of `&[_]` involves a new object where a slice will do",
      "src/lib.rs:200 error E0425: cannot find type `Vec` in this scope",
      "src/main.rs:3 error : failed to resolve",
    ]);
  });

  it("finds nothing in what names no place, and is quick with long lines", () => {
    expect(found("12:30:11: started\nhttp://127.0.0.1:80: refused\nall good: 3 files\n")).toEqual([]);
    expect(found(`${"a.b:".repeat(500_000)}\n`)).toEqual([]);
  });
});
