import type { CrossTest } from "@/lib/run/check-state";
import { currentTree, tableTargets, targetTitle } from "@/lib/run/check-table";
import type { RunState } from "@/lib/run/state";
import type { Mark } from "./check-mark";
import { count } from "./gate-cells";

export type CrossTone = "ok" | "bad" | "quiet" | "open";

/** One pair: whose tests on whose code. */
export interface CrossCell {
  tests: string;
  code: string;
  mark: Mark;
  tone: CrossTone;
  text: string;
  /** For those who see no grid: `B’s tests on A’s code: 9 of 11 pass`. */
  words: string;
  /** Its own tests on its own code. */
  own: boolean;
  /** One of the two trees is another one by now. */
  stale: boolean;
  /** Absent: it never ran. */
  cross?: CrossTest;
}

export interface CrossRow {
  tests: string;
  /** Beside the letter: `2 files`, `none`. */
  note: string;
  /** It wrote no tests: there is nothing to apply. */
  none: boolean;
  cells: CrossCell[];
}

/**
 * The matrix: a row per variation, whose tests they are; a column for the base, each variation and each composition, whose code. The tests of a
 * composition are those of its variations: it has a row only where somebody asked for it.
 */
export function crossGrid(run: RunState): { columns: string[]; rows: CrossRow[] } {
  const targets = tableTargets(run);
  const columns = ["base", ...targets];
  const authors = targets.filter((target, at) => at < run.variations.length || run.checks.crossTests.some(({ tests }) => tests === target));
  const rows = authors.map((tests): CrossRow => {
    const own = run.checks.crossTests.filter((cross) => cross.tests === tests);
    const none = own.length > 0 && own.every(({ files }) => files === 0);
    const files = Math.max(0, ...own.map((cross) => cross.files));
    const cells = columns.map((code) =>
      crossCell(
        run,
        tests,
        code,
        own.find((cross) => cross.code === code),
      ),
    );
    return { tests, note: none ? "none" : own.length === 0 ? "" : count(files, "file"), none, cells };
  });
  return { columns, rows };
}

type Drawn = Pick<CrossCell, "mark" | "tone" | "text"> & { said: string };

function crossCell(run: RunState, tests: string, code: string, cross: CrossTest | undefined): CrossCell {
  const { said, ...drawn } = drawnAs(cross);
  const stale = cross !== undefined && (isOther(run, tests, cross.testsTree) || (code !== "base" && isOther(run, code, cross.codeTree)));
  const of = tests === code ? `${targetTitle(tests)}’s tests on its own code` : `${targetTitle(tests)}’s tests on ${ofTarget(code)} code`;
  return { tests, code, own: tests === code, stale, cross, words: `${of}: ${said}${stale ? ", of an older state" : ""}`, ...drawn };
}

function isOther(run: RunState, target: string, tree: string): boolean {
  const now = currentTree(run, target);
  return now !== undefined && now !== tree;
}

function ofTarget(target: string): string {
  return target === "base" ? "the base’s" : `${targetTitle(target)}’s`;
}

function drawnAs(cross: CrossTest | undefined): Drawn {
  const quiet = "quiet" as const;
  if (cross === undefined) return { mark: "none", tone: quiet, text: "", said: "not run" };
  const { status, outcome } = cross;
  const { passed = 0, total = 0 } = outcome ?? {};
  const share = total > 0 ? `${passed}/${total}` : "";
  switch (status) {
    case "queued":
      return { mark: "queued", tone: "open", text: "queued", said: "queued" };
    case "running":
      return { mark: "running", tone: "open", text: "running", said: "running" };
    case "passed":
      return { mark: "passed", tone: "ok", text: share || "pass", said: total > 0 ? `${passed} of ${total} pass` : "pass" };
    case "failed":
      return { mark: "failed", tone: "bad", text: share || "fail", said: total > 0 ? `fails, ${passed} of ${total} pass` : "fails" };
    case "no_api":
      return { mark: "no_api", tone: quiet, text: "no API", said: "no API: they cannot be loaded there" };
    case "none":
      return { mark: "none", tone: quiet, text: "none", said: "no tests" };
    case "error":
      return { mark: "error", tone: quiet, text: "no verdict", said: `no verdict: ${outcome?.reason ?? "it broke off"}` };
    case "skipped":
      return { mark: "skipped", tone: quiet, text: "skipped", said: `skipped: ${outcome?.reason ?? "it could not be tried"}` };
  }
}
