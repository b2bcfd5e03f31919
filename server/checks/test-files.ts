/** Files that hold tests, by the names that runners look for. */
const TEST_FILE = [
  /\.(test|spec)\.[cm]?[jt]sx?$/,
  /(^|\/)(__tests__|tests?)\/[^/]+(\/[^/]+)*\.[cm]?[jt]sx?$/,
  /(^|\/)(test_[^/]*|[^/]*_test)\.py$/,
  /_test\.go$/,
  /(^|\/)tests\/[^/]+\.rs$/,
  /(^|\/)src\/test\/.*\.(java|kt|scala)$/,
  /Test\.php$/,
  /_(spec|test)\.rb$/,
];
/** What tests stand on: taken along, but no tests themselves. */
const SUPPORT =
  /(^|\/)(__fixtures__|fixtures|__snapshots__|testdata|__mocks__)\/|(^|\/)conftest\.py$|(^|\/)(helpers?|setup|utils?)\.[cm]?[jt]sx?$/;
const IN_TESTS = /(^|\/)(__tests__|tests?|spec|testdata|__fixtures__|__snapshots__|__mocks__|src\/test)\//;

/** Whether a runner would run it. */
export function isTestFile(path: string): boolean {
  return TEST_FILE.some((pattern) => pattern.test(path)) && !SUPPORT.test(path);
}

/** Whether tests need it: a test, or something beside them. */
export function belongsToTests(path: string): boolean {
  return TEST_FILE.some((pattern) => pattern.test(path)) || SUPPORT.test(path) || IN_TESTS.test(path);
}

const LANGUAGES: [files: RegExp, checks: RegExp][] = [
  [/\.py$/, /^python:/],
  [/\.go$/, /^go:/],
  [/\.rs$/, /^cargo:/],
  [/\.(java|kt|scala)$/, /^(maven|gradle):/],
  [/\.php$/, /^composer:/],
  [/\.[cm]?[jt]sx?$/, /^(npm|pnpm|yarn|bun):/],
];

/** The check that runs tests like these: that of their language, else the first. */
export function checkForTests<T extends { id: string }>(paths: readonly string[], checks: readonly T[]): T | undefined {
  const [, pattern] = LANGUAGES.find(([files]) => paths.some((path) => files.test(path))) ?? [];
  return checks.find(({ id }) => pattern?.test(id) === true) ?? checks[0];
}
