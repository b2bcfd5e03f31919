import type { CoverageReport } from "./coverage-report";

/** Lines of a variation's file that it added or changed: from 1, the end left out. */
export interface ChangedLines {
  path: string;
  ranges: readonly { start: number; end: number }[];
}

export interface ChangedCoverage {
  /** Changed lines that ran, of those that can. */
  covered: number;
  coverable: number;
  /** Where there is something to cover. `missed` are the lines that never ran. */
  files: readonly { path: string; covered: number; coverable: number; missed: readonly number[] }[];
  /** Changed files of which the report says nothing: no code, or never loaded. */
  unreported: readonly string[];
}

/** How much of what a variation changed its tests ran. Lines that cannot run (comments, blank lines) do not count. */
export function coverageOfChangedLines(report: CoverageReport, changed: readonly ChangedLines[]): ChangedCoverage {
  const files: { path: string; covered: number; coverable: number; missed: number[] }[] = [];
  const unreported: string[] = [];
  for (const { path, ranges } of changed) {
    const counts = report.files.get(path) ?? endingIn(report, path);
    if (counts === undefined) {
      unreported.push(path);
      continue;
    }
    const found = { path, covered: 0, coverable: 0, missed: [] as number[] };
    for (const [line, hits] of counts) {
      if (!ranges.some(({ start, end }) => start <= line && line < end)) continue;
      found.coverable += 1;
      if (hits > 0) found.covered += 1;
      else found.missed.push(line);
    }
    found.missed.sort((one, other) => one - other);
    if (found.coverable > 0) files.push(found);
  }
  const sum = (of: "covered" | "coverable"): number => files.reduce((total, file) => total + file[of], 0);
  return { covered: sum("covered"), coverable: sum("coverable"), files, unreported };
}

/** A package of a larger repository names its files from its own folder on: taken where only one changed path can be meant. */
function endingIn(report: CoverageReport, path: string): ReadonlyMap<number, number> | undefined {
  const fitting = [...report.files].filter(
    ([reported]) => reported !== "" && (path.endsWith(`/${reported}`) || reported.endsWith(`/${path}`)),
  );
  return fitting.length === 1 ? fitting[0]?.[1] : undefined;
}
