import { createCaseList, MAX_CASES, type TestCase, type TestReport, tooLong } from "./test-report";

const RESULT = /^test (.+?)(?: - should panic)? \.\.\. (ok|FAILED|ignored)(?:, (.*))?$/s;
const TARGET = /^\s+Running (?:unittests )?(\S+) \(/;
const DOCUMENTED = /^\s+Doc-tests (\S+)/;
const MAX_MESSAGE = 8_000;

/**
 * What `cargo test` prints, standard output and standard error together: its JSON is for nightly toolchains only. The format is libtest's
 * (library/test/src/formatters/pretty.rs). Without standard error the names of the targets are missing.
 */
export function parseCargoTest(text: string): TestReport {
  const refused = tooLong(text);
  if (refused !== undefined) return refused;
  const cases: TestCase[] = [];
  /** Of the target at hand, whose failures come after all of its results. */
  let byName = new Map<string, TestCase>();
  let file: string | undefined;
  let failing: TestCase | undefined;
  let problem: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    // One more than are kept, so that the report says so.
    if (cases.length > MAX_CASES) break;
    const target = TARGET.exec(line)?.[1] ?? DOCUMENTED.exec(line)?.[1];
    const result = RESULT.exec(line);
    const section = /^---- (.+) stdout ----$/.exec(line);
    if (target !== undefined) [file, byName, failing] = [target, new Map(), undefined];
    else if (result !== null) {
      const found = caseOf(result, file);
      cases.push(found);
      byName.set(found.name, found);
    } else if (section !== null) failing = byName.get(section[1] ?? "");
    else if (line === "failures:" || line.startsWith("test result:") || line === "stack backtrace:") failing = undefined;
    else if (failing !== undefined && (failing.message?.length ?? 0) < MAX_MESSAGE) failing.message = `${failing.message ?? ""}${line}\n`;
    if (/^error(\[E\d+\])?: /.test(line) && !/^error: (test failed|\d+ targets? failed)/.test(line)) problem ??= line;
  }
  const list = createCaseList();
  for (const found of cases) if (!list.add(found)) break;
  return list.report(
    problem ?? (cases.length === 0 && !text.includes("test result:") ? "There is no output of cargo test in it." : undefined),
  );
}

function caseOf([, name = "", word, reason]: RegExpExecArray, file: string | undefined): TestCase {
  const status = word === "ok" ? "passed" : word === "ignored" ? "skipped" : "failed";
  return { name, file, status, message: reason };
}
