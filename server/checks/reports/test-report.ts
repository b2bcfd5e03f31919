import { firstCharacters } from "@/lib/run/plain-text";
import { stripAnsi } from "@/lib/strip-ansi";

/** `errored`: it did not come to a verdict (a fixture, an import, a crash); `failed`: it did, and the verdict was no. */
export type TestStatus = "passed" | "failed" | "skipped" | "errored";

export interface TestCase {
  /** With the groups it stands in: `delayFor > doubles`. With `file` unique in its report. */
  name: string;
  /** Relative to the tree where the runner says it; Go names packages, Python modules. */
  file?: string;
  status: TestStatus;
  /** What a failure said, or why it was skipped. Plain text. */
  message?: string;
  durationMs?: number;
}

/** What any runner's result comes to. `problem`: why it is not whole, for people; the cases are those that were read before. */
export interface TestReport {
  cases: readonly TestCase[];
  problem?: string;
}

/** Reports are written by programs that agents control: more than this is not read. Characters. */
export const MAX_REPORT_LENGTH = 32 * 1024 * 1024;
export const MAX_CASES = 50_000;
/** Of a name; parsers that put names together cut each of them. */
export const MAX_NAME = 500;
/** Of groups around a test, and of each one's name: one group's name is repeated in all of its tests. */
export const MAX_GROUPS = 16;
export const MAX_GROUP_NAME = 100;
const MAX_MESSAGE = 4_000;

/** Where a tree lies in a sandbox, and in a pod behind the link of the same name: runners that print whole paths print one of them in front. */
const SANDBOX_ROOTS = ["/workspace", "/var/aideator/tree"];

export interface CaseList {
  /** False: the list is full, nothing more is taken. */
  add(found: TestCase): boolean;
  report(problem?: string): TestReport;
}

/** Collects cases: bounded, free of escapes, and numbered where several have one name (`is positive (2)`). */
export function createCaseList(): CaseList {
  const cases: TestCase[] = [];
  const times = new Map<string, number>();
  let full = false;
  return {
    add({ name, file, status, message, durationMs }) {
      full ||= cases.length >= MAX_CASES;
      if (full) return false;
      const shownName = oneLine(name) || "(no name)";
      const shownFile = file === undefined ? "" : firstCharacters(relativePath(stripAnsi(file)), MAX_NAME);
      const key = `${shownFile}\0${shownName}`;
      const time = (times.get(key) ?? 0) + 1;
      times.set(key, time);
      cases.push({
        name: time === 1 ? shownName : `${shownName} (${time})`,
        ...(shownFile === "" ? {} : { file: shownFile }),
        status,
        ...(message === undefined || message.trim() === "" ? {} : { message: shortMessage(message) }),
        ...(durationMs !== undefined && Number.isFinite(durationMs) && durationMs >= 0 ? { durationMs } : {}),
      });
      return true;
    },
    report(problem) {
      const why = full ? `Only the first ${MAX_CASES} tests were read.` : problem;
      return why === undefined ? { cases } : { cases, problem: why };
    },
  };
}

/** A path as the tree knows it. It is never opened. */
export function relativePath(path: string): string {
  const plain = path.startsWith("file://") ? path.slice("file://".length) : path;
  const root = SANDBOX_ROOTS.find((one) => plain.startsWith(`${one}/`));
  const inside = root === undefined ? plain : plain.slice(root.length + 1);
  return inside.startsWith("./") ? inside.slice(2) : inside;
}

/** The report of a text too long to be read; undefined where it is not. */
export function tooLong(text: string): TestReport | undefined {
  return text.length > MAX_REPORT_LENGTH
    ? { cases: [], problem: `The report has more than ${MAX_REPORT_LENGTH / 1024 / 1024} MB.` }
    : undefined;
}

function oneLine(name: string): string {
  return firstCharacters(
    stripAnsi(firstCharacters(name, 4 * MAX_NAME))
      .replace(/\s+/g, " ")
      .trim(),
    MAX_NAME,
  );
}

function shortMessage(message: string): string {
  return firstCharacters(stripAnsi(firstCharacters(message, 4 * MAX_MESSAGE)).trim(), MAX_MESSAGE);
}
