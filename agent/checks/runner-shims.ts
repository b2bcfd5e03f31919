import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CheckJob } from "@/lib/protocol/check-job";
import { mochaReporter } from "./mocha-reporter";
import { pythonShim, unittestRunner } from "./python-shim";

/** Folders and programs inside the sandbox. */
export interface ShimPlace {
  /** Comes first in the search path. */
  folder: string;
  /** The real node. */
  node: string;
  /** The reporter for node:test. */
  reporter: string;
}

/**
 * Stands before `node` in the search path and asks test runners and linters for a report in the folder CHECK_REPORTS, whoever starts them: a
 * script of package.json, make, a package manager. What it does not know it passes on unchanged. CHECK_ONLY: the only test files to run, one
 * per line; where a runner is given other paths already, it runs those.
 */
const nodeShim = ({ node, reporter }: ShimPlace): string => `#!/bin/bash
reports=\${CHECK_REPORTS:-}
only=()
while IFS= read -r file; do [ -n "$file" ] && only+=("$file"); done <<< "\${CHECK_ONLY:-}"
kind= value=
takes_value() {
  case "$1" in --import|--require|-r|--loader|--experimental-loader|--conditions|-C|--env-file|--test-name-pattern|--test-concurrency|--test-timeout) return 0 ;; esac
  return 1
}
for argument in "$@"; do
  if [ -n "$value" ]; then value=; continue; fi
  case "$argument" in
    --test) kind=node; break ;;
    -*) if takes_value "$argument"; then value=1; fi ;;
    */vitest/vitest.mjs|*/.bin/vitest) kind=vitest; break ;;
    */jest/bin/jest.js|*/jest-cli/bin/jest.js|*/.bin/jest) kind=jest; break ;;
    */mocha/bin/mocha.js|*/mocha/bin/_mocha|*/.bin/mocha) kind=mocha; break ;;
    */eslint/bin/eslint.js|*/.bin/eslint) kind=eslint; break ;;
    *) break ;;
  esac
done
case " $* " in *" --test-reporter"*|*" --outputFile"*|*" --output-file"*|*" -o "*|*" --init "*) kind= ;; esac
if [ -z "$reports" ] || [ -z "$kind" ]; then exec ${node} "$@"; fi
name=$reports/$kind-$$
# A threshold that the tests alone would not be held to must not fail them.
wants_coverage() {
  case "\${CHECK_COVERAGE:-}" in
    all) return 0 ;;
    cheap) ! grep -qs -- "$1" package.json {jest,vitest,vite}.config.* ;;
    *) return 1 ;;
  esac
}
case "$kind" in
  node)
    # Two reporters are enough for node to warn of itself.
    coverage=()
    [ -n "\${CHECK_COVERAGE:-}" ] && coverage=(--experimental-test-coverage --test-reporter=lcov "--test-reporter-destination=$name.lcov")
    given=("$@")
    if [ \${#only[@]} -gt 0 ]; then
      given=()
      for argument in "$@"; do
        if [ -n "$value" ]; then given+=("$argument"); value=; continue; fi
        case "$argument" in -*) given+=("$argument"); if takes_value "$argument"; then value=1; fi ;; esac
      done
      given+=("\${only[@]}")
    fi
    exec ${node} --disable-warning=MaxListenersExceededWarning --test-reporter=spec --test-reporter-destination=stdout --test-reporter=${reporter} "--test-reporter-destination=$name.jest.json" "\${coverage[@]}" "\${given[@]}" ;;
  vitest)
    coverage=()
    if ! wants_coverage thresholds; then :
    elif [ ! -d node_modules/@vitest/coverage-v8 -a ! -d node_modules/@vitest/coverage-istanbul ]; then
      echo "— covered lines were not measured: @vitest/coverage-v8 is not installed —" >&2
    else coverage=(--coverage.enabled --coverage.reporter=lcovonly "--coverage.reportsDirectory=$name-coverage")
    fi
    exec ${node} "$@" --reporter=default --reporter=json "--outputFile.json=$name.jest.json" "\${coverage[@]}" "\${only[@]}" ;;
  jest)
    coverage=()
    wants_coverage coverageThreshold && coverage=(--coverage --coverageReporters=lcovonly "--coverageDirectory=$name-coverage")
    [ \${#only[@]} -gt 0 ] && only=(--runTestsByPath "\${only[@]}")
    exec ${node} "$@" --json "--outputFile=$name.jest.json" "\${coverage[@]}" "\${only[@]}" ;;
  mocha) exec ${node} "$@" --reporter "\${0%/*}/mocha-reporter.cjs" --reporter-option "output=$name.jest.json" ;;
  eslint) exec ${node} "$@" --format json --output-file "$name.eslint.json" ;;
esac
`;

/** `go test` speaks JSON beside, on the output, which is kept as a report. */
const goShim = `#!/bin/bash
here=$(dirname -- "$0")
PATH=\${PATH#"$here:"}
if [ "\${1:-}" != test ] || [ -z "\${CHECK_REPORTS:-}" ]; then exec go "$@"; fi
case " $* " in *" -json "*) exec go "$@" ;; esac
shift
coverage=()
profile=$CHECK_REPORTS/go-$$.cover
if [ -n "\${CHECK_COVERAGE:-}" ]; then
  case " $* " in *" -cover"*|*" -bench"*|*" -fuzz"*|*" -c "*|*" -exec"*|*" -test."*) ;; *) coverage=("-coverprofile=$profile") ;; esac
fi
set -o pipefail
go test -json "\${coverage[@]}" "$@" | tee "$CHECK_REPORTS/go-$$.jsonl"
code=$?
# The profile names files with their module in front, the tree does not.
if [ -f "$profile" ] && module=$(go list -m 2>/dev/null) && [ "\${module//[!a-zA-Z0-9._~\/-]/}" = "$module" ]; then
  sed -i "s|^$module/||" "$profile"
fi
exit $code
`;

/** What the programs above and pytest are told through the environment. */
export function reportVariables(
  reports: string,
  {
    coverage,
    only,
    again,
    pytestCov = "none",
  }: {
    coverage: CheckJob["coverage"];
    only: readonly string[];
    again: boolean;
    /** Whether pytest can measure coverage here, and whether the project's own settings have it do so. */
    pytestCov?: "none" | "asked" | "there";
  },
) {
  const quoted = (text: string): string => `'${text.replaceAll("'", `'"'"'`)}'`;
  const pytest = [
    `--junitxml=${join(reports, "pytest.junit.xml")}`,
    "-o junit_family=xunit1",
    ...(coverage === "none" || pytestCov === "none" ? [] : [`--cov-report=xml:${join(reports, "pytest.cobertura.xml")}`]),
    // A threshold that the tests alone would not be held to must not fail them.
    ...(coverage !== "none" && pytestCov === "there" ? ["--cov=.", "--cov-fail-under=0"] : []),
    ...(again ? ["--last-failed", "--last-failed-no-failures=none"] : []),
    ...only.filter((file) => file.endsWith(".py")).map(quoted),
  ];
  return {
    CHECK_REPORTS: reports,
    CHECK_ONLY: only.join("\n"),
    ...(coverage === "none" ? {} : { CHECK_COVERAGE: coverage }),
    PYTEST_ADDOPTS: [process.env.PYTEST_ADDOPTS ?? "", ...pytest].join(" ").trim(),
  };
}

/** Writes the programs; answers the search path with their folder in front. */
export function writeShims(place: ShimPlace, path: string): string {
  mkdirSync(place.folder, { recursive: true });
  const runner = join(place.folder, "unittest-runner.py");
  writeFileSync(runner, unittestRunner);
  writeFileSync(join(place.folder, "mocha-reporter.cjs"), mochaReporter);
  for (const [name, text] of [
    ["node", nodeShim(place)],
    ["go", goShim],
    ["python3", pythonShim("python3", runner)],
    ["python", pythonShim("python", runner)],
  ] as const) {
    writeFileSync(join(place.folder, name), text);
    chmodSync(join(place.folder, name), 0o755);
  }
  return `${place.folder}:${path}`;
}
