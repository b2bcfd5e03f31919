import { describe, expect, it } from "vitest";
import { crossOutcome } from "./cross-outcome";
import { parseJunit } from "./reports/junit-report";
import type { StoredResult } from "./stored-result";

// As Surefire 2.22 writes it, shortened; Gradle's is the same in all that matters here.
const surefire = `<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="shop.PriceTest" time="0.256" tests="4" errors="1" skipped="1" failures="1">
  <properties><property name="os.name" value="Linux"/></properties>
  <testcase name="halves" classname="shop.PriceTest" time="0.001"/>
  <testcase name="fails" classname="shop.PriceTest" time="0.01">
    <failure message="expected:&lt;3&gt; but was:&lt;2&gt;" type="java.lang.AssertionError">java.lang.AssertionError: expected:&lt;3&gt; but was:&lt;2&gt;
	at shop.PriceTest.fails(PriceTest.java:6)</failure>
  </testcase>
  <testcase name="raises" classname="shop.PriceTest" time="0">
    <error message="no" type="java.lang.IllegalStateException"><![CDATA[java.lang.IllegalStateException: no
	at shop.PriceTest.raises(PriceTest.java:7)
]]></error>
  </testcase>
  <testcase name="waits" classname="shop.PriceTest" time="0"><skipped message="later"/></testcase>
</testsuite>`;
const file = "src/test/java/shop/PriceTest.java";
const none = new Set<string>();

function result(xml: string, exitCode = 1): StoredResult {
  return {
    verdict: exitCode === 0 ? "passed" : "failed",
    exitCode,
    durationMs: 1,
    reports: xml === "" ? [] : [{ cases: [...parseJunit(xml).cases] }],
  };
}
const only = (name: string): string => surefire.replace(new RegExp(`<testcase name="(?!${name}")[^>]*(/>|>.*?</testcase>)`, "gs"), "");

describe("crossOutcome", () => {
  it("finds the tests of a class by its file", () => {
    expect(crossOutcome(result(surefire), "", [file], none)).toMatchObject({ outcome: "failed", passed: 1, total: 3 });
    expect(crossOutcome(result(surefire), "", ["src/test/java/store/PriceTest.java"], none)).toMatchObject({ outcome: "error", total: 0 });
  });

  it("takes an exception in a test for a verdict, unless it misses a name", () => {
    expect(crossOutcome(result(only("raises")), "", [file], none)).toMatchObject({ outcome: "failed", total: 1 });
    const missing = only("raises").replaceAll(
      "java.lang.IllegalStateException: no",
      "java.lang.NoSuchMethodError: int shop.Price.half(int)",
    );
    expect(crossOutcome(result(missing), "", [file], none).outcome).toBe("no_api");
  });

  it("knows what compilers say of a missing name", () => {
    const maven = `[ERROR] COMPILATION ERROR :\n[ERROR] /workspace/${file}:[5,45] cannot find symbol\n  symbol:   method half(int)\n`;
    const gradle = `/workspace/${file}:5: error: cannot find symbol\n`;
    const go = "./isnil_test.go:6:10: Nil.IsNil undefined (type UUID has no field or method IsNil)\n";
    for (const output of [maven, gradle]) expect(crossOutcome(result(""), output, [file], none).outcome).toBe("no_api");
    expect(crossOutcome(result(""), go, ["isnil_test.go"], none).outcome).toBe("no_api");
    expect(crossOutcome(result(""), "[ERROR] ';' expected\n", [file], none).outcome).toBe("error");
  });
});
