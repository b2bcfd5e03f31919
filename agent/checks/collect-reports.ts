import { copyFileSync, lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Where runners leave reports that nobody can ask them for elsewhere, and what they are. */
const places: { folder: string; file: RegExp; as: string }[] = [
  { folder: "target/surefire-reports", file: /^TEST-.*\.xml$/, as: "junit.xml" },
  { folder: "build/test-results/test", file: /^TEST-.*\.xml$/, as: "junit.xml" },
  { folder: ".", file: /^(junit|test-results|report)\.xml$/, as: "junit.xml" },
  { folder: ".", file: /^coverage\.xml$/, as: "cobertura.xml" },
  { folder: ".", file: /^lcov\.info$/, as: "lcov" },
  { folder: "coverage", file: /^lcov\.info$/, as: "lcov" },
  { folder: "coverage", file: /^cobertura-coverage\.xml$/, as: "cobertura.xml" },
];
const MOST = 500;

/** Copies into `reports` what the command wrote in the tree since `since` (ms since the epoch), and lifts coverage out of its folders. */
export function collectReports(tree: string, reports: string, since: number): void {
  let count = 0;
  const take = (from: string, to: string): void => {
    const stats = lstatSync(from);
    if (!stats.isFile() || stats.mtimeMs < since - 1_000 || (count += 1) > MOST) return;
    copyFileSync(from, join(reports, to));
  };
  for (const [at, { folder, file, as }] of places.entries()) {
    for (const name of filesIn(join(tree, folder))) if (file.test(name)) take(join(tree, folder, name), `tree-${at}-${count}.${as}`);
  }
  for (const name of filesIn(reports)) {
    const lcov = join(reports, name, "lcov.info");
    if (name.endsWith("-coverage") && statSync(lcov, { throwIfNoEntry: false })?.isFile() === true) take(lcov, `${name}.lcov`);
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
