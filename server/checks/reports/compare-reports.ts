import type { TestCase, TestReport } from "./test-report";

/** One test on both sides; a side is undefined where it has no such test. */
export interface ComparedTest {
  name: string;
  file?: string;
  base?: TestCase;
  variation?: TestCase;
}

/** What became of the tests. Every test of either side is in exactly one list, or counted in `stillPassing` or `stillSkipped`. */
export interface TestComparison {
  /** Ran well on the base, or was skipped there, and fails now. */
  newlyFailing: readonly ComparedTest[];
  newlyPassing: readonly ComparedTest[];
  stillFailing: readonly ComparedTest[];
  /** Only the variation has them, whatever they say. */
  added: readonly ComparedTest[];
  /** Only the base has them, and their file is no longer there or runs without them. To be read with care where the variation's report is not whole. */
  removed: readonly ComparedTest[];
  /** Passed and failed in runs of the same tree, on either side: they say nothing. */
  flaky: readonly ComparedTest[];
  /** Ran on the base, skipped now. */
  newlySkipped: readonly ComparedTest[];
  stillPassing: number;
  stillSkipped: number;
  /** One of the reports is not whole; `removed` may be too long then. */
  incomplete: boolean;
}

interface Side {
  tests: ReadonlyMap<string, TestCase>;
  files: ReadonlySet<string>;
  flaky: ReadonlySet<string>;
}

/**
 * Compares the tests of a variation with those of its base, each run once or several times. A test is known by file and name. Of several runs a
 * test that both passed and failed is flaky; else the last run in which it did not merely stand aside counts. Tests of a file that cannot be
 * loaded any more are not removed: they have its error.
 */
export function compareReports(base: readonly TestReport[], variation: readonly TestReport[]): TestComparison {
  const [before, after] = [sideOf(base), sideOf(variation)];
  const lists = {
    newlyFailing: [] as ComparedTest[],
    newlyPassing: [] as ComparedTest[],
    stillFailing: [] as ComparedTest[],
    added: [] as ComparedTest[],
    removed: [] as ComparedTest[],
    flaky: [] as ComparedTest[],
    newlySkipped: [] as ComparedTest[],
  };
  let [stillPassing, stillSkipped] = [0, 0];
  const unloaded = unloadedFiles(before, after);
  const standsIn = new Set(unloaded.values());
  for (const key of new Set([...before.tests.keys(), ...after.tests.keys()])) {
    const old = before.tests.get(key);
    const current = after.tests.get(key) ?? unloaded.get(old?.file ?? "");
    // It stands for the tests that it kept from running.
    if (old === undefined && current !== undefined && standsIn.has(current)) continue;
    const list = before.flaky.has(key) || after.flaky.has(key) ? "flaky" : changeOf(old, current);
    if (list === "stillPassing") stillPassing += 1;
    else if (list === "stillSkipped") stillSkipped += 1;
    else lists[list].push({ name: (old ?? current)?.name ?? "", file: (old ?? current)?.file, base: old, variation: current });
  }
  return { ...lists, stillPassing, stillSkipped, incomplete: [...base, ...variation].some(({ problem }) => problem !== undefined) };
}

function changeOf(old: TestCase | undefined, current: TestCase | undefined) {
  if (old === undefined) return "added";
  if (current === undefined) return "removed";
  if (fails(current)) return fails(old) ? "stillFailing" : "newlyFailing";
  if (current.status === "skipped") return old.status === "skipped" ? "stillSkipped" : "newlySkipped";
  return old.status === "passed" ? "stillPassing" : "newlyPassing";
}

function sideOf(reports: readonly TestReport[]): Side {
  const tests = new Map<string, TestCase>();
  const flaky = new Set<string>();
  for (const { cases } of reports) {
    for (const found of cases) {
      const key = `${found.file ?? ""}\0${found.name}`;
      const before = tests.get(key);
      if (before !== undefined && found.status === "skipped") continue;
      if (before !== undefined && before.status !== "skipped" && fails(before) !== fails(found)) flaky.add(key);
      tests.set(key, found);
    }
  }
  return { tests, flaky, files: new Set([...tests.values()].flatMap(({ file }) => file ?? [])) };
}

/**
 * Of the base's files those that could not be loaded on the variation, with what was said: runners report one as a test in it, or (pytest) as a
 * test of the file's name, and nothing else of it runs.
 */
function unloadedFiles(before: Side, after: Side): ReadonlyMap<string, TestCase> {
  const ran = new Set([...after.tests.values()].flatMap(({ file, status }) => (status === "errored" ? [] : (file ?? []))));
  const unloaded = new Map<string, TestCase>();
  for (const [key, test] of after.tests) {
    if (test.status !== "errored" || before.tests.has(key)) continue;
    const file = [test.file, test.name].find((one) => one !== undefined && before.files.has(one) && !ran.has(one));
    if (file !== undefined) unloaded.set(file, test);
  }
  return unloaded;
}

function fails({ status }: TestCase): boolean {
  return status === "failed" || status === "errored";
}
