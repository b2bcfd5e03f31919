import { readXml } from "./read-xml";
import { createCaseList, MAX_GROUP_NAME, MAX_GROUPS, type TestCase, type TestReport, type TestStatus, tooLong } from "./test-report";

const verdicts = new Map<string, TestStatus>([
  ["failure", "failed"],
  ["error", "errored"],
  ["skipped", "skipped"],
]);
/** Bounds what one verdict's text takes while it is read. */
const MAX_TEXT = 64_000;

/**
 * JUnit XML as Vitest, pytest, node:test, Surefire, Gradle and others write it. There is no standard; the common ground is `testcase` with a
 * `failure`, `error` or `skipped` in it. https://github.com/testmoapp/junitxml collects what is in use.
 */
export function parseJunit(xml: string): TestReport {
  const refused = tooLong(xml);
  if (refused !== undefined) return refused;
  const cases = createCaseList();
  const groups: string[] = [];
  let current: (TestCase & { text: string }) | undefined;
  let verdict: string | undefined;
  const problem = readXml(xml, {
    open(name, attributes) {
      if (name === "testsuite") groups.push((attributes.get("name") ?? "").slice(0, MAX_GROUP_NAME));
      else if (name === "testcase") current = { ...caseOf(attributes, groups), text: "" };
      else if (current !== undefined && verdicts.has(name)) {
        verdict = name;
        // A teardown's error may follow a failure: the first verdict stays.
        if (current.status === "passed") current.status = verdicts.get(name) ?? "errored";
        current.text += `${attributes.get("message") ?? ""}\n`;
      }
    },
    text(text) {
      if (current !== undefined && verdict !== undefined && current.text.length < MAX_TEXT) current.text += text.slice(0, MAX_TEXT);
    },
    close(name) {
      if (name === "testsuite") groups.pop();
      if (name === verdict) verdict = undefined;
      if (name !== "testcase" || current === undefined) return;
      const { text, ...found } = current;
      cases.add({ ...found, message: withoutRepeat(text) });
      current = undefined;
    },
  });
  return cases.report(problem);
}

function caseOf(attributes: ReadonlyMap<string, string>, groups: readonly string[]): TestCase {
  const name = attributes.get("name") ?? "";
  const place = attributes.get("classname") ?? "";
  const seconds = attributes.get("time");
  const durationMs = seconds === undefined ? undefined : Number(seconds.replaceAll(",", "")) * 1_000;
  const file = attributes.get("file");
  // node:test writes "test" there and nests its groups; all others name the file, module or class.
  if (place === "" || place === "test")
    return { name: [...groups.slice(place === "" ? 1 : 0).slice(0, MAX_GROUPS), name].join(" > "), file, status: "passed", durationMs };
  return { name: file === undefined ? name : `${place} > ${name}`, file: file ?? place, status: "passed", durationMs };
}

/** Most runners repeat the message at the start of the text. */
function withoutRepeat(text: string): string {
  const [message = "", ...rest] = text.split("\n");
  const body = rest.join("\n").trim();
  return message !== "" && body.includes(message) ? body : text;
}
