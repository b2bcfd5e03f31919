import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { changedLines } from "@/lib/compare/changed-lines";
import { coverageOfChangedLines } from "./changed-coverage";
import { parseCobertura, parseLcov } from "./coverage-report";
import { parseGoCover } from "./go-cover";

const recorded = (name: string): string => readFileSync(new URL(`./__fixtures__/${name}`, import.meta.url), "utf8");
const plain = (report: ReturnType<typeof parseLcov>) =>
  Object.fromEntries([...report.files].map(([file, lines]) => [file, Object.fromEntries(lines)]));

describe("parseLcov", () => {
  it("reads node:test's", () => {
    const report = parseLcov(recorded("node-lcov.txt"));
    expect([...report.files.keys()]).toEqual(["test/a.test.mjs"]);
    expect([...(report.files.get("test/a.test.mjs") ?? [])].slice(0, 2)).toEqual([
      [1, 1],
      [2, 1],
    ]);
  });

  it("adds up records of one file, and leaves out what is no count", () => {
    const text =
      "SF:/workspace/src/a.ts\nDA:1,2\nDA:2,0\nDA:x,1\nDA:-3,1\nend_of_record\nDA:9,9\nSF:./src/a.ts\nDA:1,1,checksum\nend_of_record\nSF:__proto__\nDA:1,1\n";
    expect(plain(parseLcov(text))).toEqual({ "src/a.ts": { 1: 3, 2: 0 }, ["__proto__"]: { 1: 1 } });
    expect(parseLcov("<html>").problem).toBe("There is no lcov record in it.");
    expect(parseLcov(`SF:./${"a".repeat(1_000_000)}\n${"DA:1,1\n".repeat(200_000)}`).files.size).toBe(1);
  });
});

describe("parseCobertura", () => {
  const classes =
    '<packages><package><classes><class name="a" filename="shop/a.py"><methods><method><lines><line number="1" hits="5"/></lines></method></methods><lines><line number="1" hits="5"/><line number="2" hits="0"/></lines></class></classes></package></packages>';

  it("reads classes with their lines, once, below their source folder", () => {
    const doctype = "<!DOCTYPE coverage\n  SYSTEM 'http://cobertura.sourceforge.net/xml/coverage-04.dtd'>";
    const report = parseCobertura(
      `<?xml version="1.0" ?>\n${doctype}\n<coverage><sources><source>/workspace/src</source></sources>${classes}</coverage>`,
    );
    expect(report.problem).toBeUndefined();
    expect(plain(report)).toEqual({ "src/shop/a.py": { 1: 5, 2: 0 } });
  });

  it("refuses a document type that declares entities", () => {
    const doctype = '<!DOCTYPE coverage SYSTEM "x" [<!ENTITY a SYSTEM "file:///etc/passwd">]>';
    expect(parseCobertura(`${doctype}<coverage>${classes}</coverage>`)).toEqual({
      files: new Map(),
      problem: expect.stringContaining("document type") as string,
    });
  });
});

describe("coverageOfChangedLines", () => {
  it("counts changed lines that can run, and names those that never did", () => {
    const report = parseLcov("SF:src/a.ts\nDA:1,1\nDA:2,0\nDA:3,4\nDA:9,0\nend_of_record\nSF:packages/x/b.ts\nDA:1,0\nend_of_record\n");
    const base = "one\nfour\n";
    const changed = [
      { path: "src/a.ts", ranges: changedLines(base, "one\nnew\nnewer\n// comment\nfour\n") },
      { path: "x/b.ts", ranges: [{ start: 1, end: 2 }] },
      { path: "README.md", ranges: [{ start: 1, end: 9 }] },
    ];
    expect(changed[0]?.ranges).toEqual([{ start: 2, end: 5 }]);
    expect(coverageOfChangedLines(report, changed)).toEqual({
      covered: 1,
      coverable: 3,
      files: [
        { path: "src/a.ts", covered: 1, coverable: 2, missed: [2] },
        { path: "x/b.ts", covered: 0, coverable: 1, missed: [1] },
      ],
      unreported: ["README.md"],
    });
  });
});

describe("parseGoCover", () => {
  // `go test -coverprofile` of Go 1.19.
  const profile = `mode: set
example.com/shop/in/price.go:3.22,4.11 1 1
example.com/shop/in/price.go:7.2,7.14 1 1
example.com/shop/in/price.go:4.11,6.3 1 0
example.com/shop/in/price.go:4.11,6.3 1 0
`;

  it("counts lines, and one that any block ran as one that ran", () => {
    const { files, problem } = parseGoCover(profile);
    expect(problem).toBeUndefined();
    expect([...(files.get("example.com/shop/in/price.go") ?? [])].sort(([one], [other]) => one - other)).toEqual([
      [3, 1],
      [4, 1],
      [5, 0],
      [6, 0],
      [7, 1],
    ]);
  });

  it("says what is no profile, and passes over what makes no sense in one", () => {
    expect(parseGoCover("hello").problem).toContain("no cover profile");
    expect(parseGoCover("mode: set\nx.go:9.1,3.2 1 1\nx.go:1.1,99999999.9 1 1\n").files.get("x.go")?.size).toBeLessThan(30_000);
  });
});
