import { stripAnsi } from "@/lib/strip-ansi";
import { collect, type Finding, type FindingsReport } from "./findings";
import { MAX_REPORT_LENGTH } from "./test-report";

/** Nothing that names a place in a file is longer; keeps the expressions linear. */
const MAX_LINE = 2_000;
/** `path:line[:column]: message`: mypy, flake8, pyflakes, pylint, go vet, golangci-lint, gcc, shellcheck -f gcc and many more. */
const PLACE = /^(?:vet: )?([^\s:"'()]{1,500}\.\w{1,12}):(\d{1,7})(?::\d{1,7})?: +(\S.*)$/;
/** The head of a message of rustc or Clippy; its place stands on a line below. */
const RUST_HEAD = /^(warning|error)(?:\[(\w{1,20})\])?: (.+)$/;
const RUST_PLACE = /^ *--> ([^:]{1,500}):(\d{1,7}):\d{1,7}$/;
/** How many lines below. */
const RUST_REACH = 3;

/**
 * Findings in the output of tools that name a place and say something of it, one per line. Whatever else is printed is passed over: a tool that
 * speaks otherwise has no findings here and is judged by its exit code.
 */
export function parseLineFindings(output: string): FindingsReport {
  if (output.length > MAX_REPORT_LENGTH) return { findings: [], problem: "The output is too long to be read." };
  const found: Finding[] = [];
  const seen = new Set<string>();
  const take = (finding: Finding): void => {
    const key = JSON.stringify(finding);
    // Rust's tools say the same once for the library and once for its tests.
    if (!seen.has(key)) found.push(finding);
    seen.add(key);
  };
  const lines = stripAnsi(output).split("\n");
  for (const [at, whole] of lines.entries()) {
    const line = whole.trimEnd();
    if (line.length > MAX_LINE) continue;
    const [, severity, code = "", text] = RUST_HEAD.exec(line) ?? [];
    if (text !== undefined) {
      const place = lines.slice(at + 1, at + 1 + RUST_REACH).flatMap((below) => (below.length > MAX_LINE ? [] : [RUST_PLACE.exec(below)]));
      const [, file, number] = place.find((one) => one !== null) ?? [];
      if (file !== undefined)
        take({ file, line: Number(number), rule: code, severity: severity === "error" ? "error" : "warning", message: text });
      continue;
    }
    const [, file = "", number, said = ""] = PLACE.exec(line) ?? [];
    if (number === undefined || /^note: /.test(said)) continue;
    take({ file, line: Number(number), ...readSaid(said) });
  }
  return collect(found);
}

/** Severity in front, rule in front (`F401`) or behind in brackets (`[no-untyped-def]`, `(no-var)`), as far as there are any. */
function readSaid(said: string): Pick<Finding, "rule" | "severity" | "message"> {
  const [, word, rest = said] = /^(error|warning|fatal error|style|info)(?:\[\w{1,20}\])?: (.*)$/i.exec(said) ?? [];
  const severity = word !== undefined && !/error/i.test(word) ? "warning" : "error";
  const [, front, afterFront] = /^([A-Z]{1,4}\d{1,5}):? (.+)$/.exec(rest) ?? [];
  if (front !== undefined && afterFront !== undefined) return { severity, rule: front, message: afterFront };
  const [, beforeBack, back] = /^(.*\S) +[[(]([a-z][\w/.-]{1,60})[\])]$/.exec(rest) ?? [];
  if (beforeBack !== undefined && back !== undefined) return { severity, rule: back, message: beforeBack };
  return { severity, rule: "", message: rest };
}
