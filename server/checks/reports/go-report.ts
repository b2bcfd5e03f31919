import { z } from "zod";
import { parseJson } from "@/lib/parse-json";
import { createCaseList, MAX_CASES, MAX_GROUPS, MAX_NAME, type TestCase, type TestReport, tooLong } from "./test-report";

/** https://pkg.go.dev/cmd/test2json */
const lineSchema = z.object({
  Action: z.string(),
  Package: z.string().default(""),
  Test: z.string().optional(),
  Elapsed: z.number().optional(),
  Output: z.string().optional(),
});
const verdicts = new Map([
  ["pass", "passed"],
  ["fail", "failed"],
  ["skip", "skipped"],
] as const);
const MAX_OUTPUT = 16_000;

interface Running extends TestCase {
  test: string;
  output: string;
  ended: boolean;
}

/** `go test -json`. What is no JSON is kept out: builds that fail print plain lines between. */
export function parseGoTest(text: string): TestReport {
  const refused = tooLong(text);
  if (refused !== undefined) return refused;
  const tests = new Map<string, Running>();
  const failedPackages = new Map<string, string>();
  for (const line of text.split("\n")) {
    const unbuilt = /^FAIL\t(\S+) \[(.+)\]$/.exec(line);
    if (unbuilt !== null) failedPackages.set(unbuilt[1] ?? "", unbuilt[2] ?? "");
    const parsed = line.startsWith("{") ? lineSchema.safeParse(parseJson(line)).data : undefined;
    if (parsed === undefined) continue;
    if (parsed.Test === undefined) {
      if (parsed.Action === "fail") failedPackages.set(parsed.Package, failedPackages.get(parsed.Package) ?? "the package failed");
      continue;
    }
    take(tests, { ...parsed, Test: parsed.Test.slice(0, MAX_NAME) });
  }
  return reportOf(tests, failedPackages);
}

function take(tests: Map<string, Running>, line: z.infer<typeof lineSchema> & { Test: string }): void {
  const key = `${line.Package}\0${line.Test}`;
  const test = tests.get(key) ?? {
    name: line.Test.split("/").join(" > "),
    test: line.Test,
    file: line.Package,
    status: "errored",
    output: "",
    ended: false,
  };
  // One more than are kept, so that the report says so.
  if (tests.size <= MAX_CASES) tests.set(key, test);
  if (test.output.length < MAX_OUTPUT && !/^\s*(===|---) /.test(line.Output ?? "")) test.output += line.Output ?? "";
  const status = verdicts.get(line.Action as "pass");
  if (status === undefined) return;
  test.status = status;
  test.ended = true;
  if (line.Elapsed !== undefined) test.durationMs = line.Elapsed * 1_000;
}

function reportOf(tests: ReadonlyMap<string, Running>, failedPackages: ReadonlyMap<string, string>): TestReport {
  const cases = createCaseList();
  const parents = new Set<string>();
  const failedBelow = new Set<string>();
  for (const { test, file, status } of tests.values()) {
    for (let [at, depth] = [test.indexOf("/"), 0]; at !== -1 && depth < MAX_GROUPS; at = test.indexOf("/", at + 1), depth += 1) {
      parents.add(`${file}\0${test.slice(0, at)}`);
      if (status !== "passed" && status !== "skipped") failedBelow.add(`${file}\0${test.slice(0, at)}`);
    }
  }
  const heard = new Set<string>();
  for (const [key, { name, file = "", status, output, durationMs, ended }] of tests) {
    const well = status === "passed" || status === "skipped";
    if (!well) heard.add(file);
    // A group speaks for itself only when it failed and none of its tests did.
    if (parents.has(key) && (well || failedBelow.has(key))) continue;
    const message = ended ? output : `It never ended.\n${output}`;
    cases.add({ name, file, status, durationMs, message: status === "passed" ? undefined : message });
  }
  for (const [file, why] of failedPackages) if (!heard.has(file)) cases.add({ name: file, file, status: "errored", message: why });
  return cases.report(tests.size + failedPackages.size === 0 ? "There is no output of go test -json in it." : undefined);
}
