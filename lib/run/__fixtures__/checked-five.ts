import type { CheckComparison, CheckOutcome, TestCounts } from "../check-events";
import type { CheckKind } from "../check-names";
import type { NewRunEvent, RunEvent, RunEventBody } from "../events";

/** A run of five with every state that a check or a cross-test can be in, for tests and for building pages against. */
export const CHECKED_RUN_ID = "checkedfive00";
const START = 1_800_000_000_000;
const id = (text: string): string => Buffer.from(text.padEnd(10, ".")).toString("hex").slice(0, 20);
const tree = (letter: string): string => letter.repeat(40).slice(0, 40);

const broken = {
  name: "Retry-After > waits as long as Retry-After says",
  file: "test/retry.test.ts",
  message:
    "AssertionError: expected 2 to be 2000 // milliseconds\n- expected  2000\n+ received  2\n    at test/retry.test.ts:91:31\n    at src/http/client.ts:142:12",
};
const finding = (line: number) => ({
  file: "src/http/policy.ts",
  line,
  rule: "no-unused-vars",
  severity: "warning" as const,
  message: "'delay' is assigned a value but never used.",
});

function outcome(part: Partial<CheckOutcome>): CheckOutcome {
  const none = { cached: false, durationMs: 6_100, exitCode: 0, tail: "", outputLength: 0 };
  return { verdict: "passed", ...none, ...part };
}

function tests(total: number, part: Partial<TestCounts> = {}): Pick<CheckOutcome, "tests"> {
  const { failed = 0, skipped = 0, flaky: shaky = 0 } = part;
  return { tests: { total, passed: total - failed - skipped - shaky, failed, skipped, flaky: shaky, failing: [], ...part } };
}

const same: NonNullable<CheckComparison["tests"]> = {
  broken: 0,
  brokenFirst: [],
  fixed: 0,
  stillFailing: 0,
  stillPassing: 201,
  added: { passed: 0, failed: 0, skipped: 0, failing: [] },
  removed: 0,
  newlySkipped: 0,
  flaky: 0,
  incomplete: false,
};

interface Place {
  target: string;
  check: string;
  name: string;
  kind: CheckKind;
  command?: string;
}

const command: Record<string, Omit<Place, "target">> = {
  build: { check: "npm:build", name: "Build", kind: "build", command: "npm run build" },
  types: { check: "npm:types", name: "Types", kind: "types", command: "npm run typecheck" },
  lint: { check: "npm:lint", name: "Lint", kind: "lint", command: "npm run lint" },
  test: { check: "npm:test", name: "Tests", kind: "test", command: "npm run test" },
  secrets: { check: "aideator:secrets", name: "Secrets and risky patterns", kind: "secrets" },
  size: { check: "aideator:size", name: "Diff size", kind: "size" },
};

function queued(target: string, key: string): RunEventBody[] {
  const letter = target === "base" ? "0" : target;
  const place = command[key];
  if (place === undefined) throw new Error(key);
  return [{ type: "check.queued", id: id(`${target}${key}`), target, commit: tree(letter), tree: tree(letter), ...place }];
}

function started(target: string, key: string): RunEventBody[] {
  return [...queued(target, key), { type: "check.started", id: id(`${target}${key}`) }];
}

function finished(target: string, key: string, result: Partial<CheckOutcome>, comparison?: Partial<CheckComparison>): RunEventBody[] {
  const events: RunEventBody[] = [...started(target, key), { type: "check.finished", id: id(`${target}${key}`), ...outcome(result) }];
  if (comparison === undefined) return events;
  return [...events, { type: "check.compared", id: id(`${target}${key}`), baseId: id(`base${key}`), broke: false, ...comparison }];
}

function coverage(covered: number, coverable: number, lines: number[]): Pick<CheckOutcome, "coverage"> {
  return { coverage: { covered, coverable, total: 88.2, missed: lines.length === 0 ? [] : [{ path: "src/http/policy.ts", lines }] } };
}

function checks(): RunEventBody[] {
  const skipped = { verdict: "skipped" as const, durationMs: 0, exitCode: null, reason: "not set up: npm ci ended with exit code 1" };
  return [
    ...finished("base", "build", {}),
    ...finished("base", "types", { durationMs: 4_200 }),
    ...finished("base", "lint", { findings: { errors: 0, warnings: 3, first: [finding(4), finding(9), finding(12)] } }),
    ...finished("base", "test", { durationMs: 21_400, ...tests(201) }),
    ...finished("a", "build", {}, {}),
    ...finished("a", "types", {}, {}),
    ...finished(
      "a",
      "lint",
      { findings: { errors: 0, warnings: 3, first: [finding(4)] } },
      { findings: { introduced: 0, fixed: 0, kept: 3, introducedFirst: [] } },
    ),
    ...finished(
      "a",
      "test",
      { ...tests(206), ...coverage(46, 50, [61, 62, 70, 71]) },
      { tests: { ...same, added: { ...same.added, passed: 5 } } },
    ),
    ...finished("b", "build", { cached: true }, {}),
    ...finished("b", "types", {}, {}),
    ...finished(
      "b",
      "lint",
      { findings: { errors: 0, warnings: 2, first: [finding(4)] } },
      { findings: { introduced: 0, fixed: 1, kept: 2, introducedFirst: [] } },
    ),
    ...finished(
      "b",
      "test",
      { ...tests(212, { flaky: 1 }), ...coverage(31, 32, [8]) },
      { tests: { ...same, stillPassing: 200, flaky: 1, added: { ...same.added, passed: 11 } } },
    ),
    ...finished("c", "build", {}, {}),
    ...finished("c", "types", {}, {}),
    ...finished(
      "c",
      "lint",
      { verdict: "failed", exitCode: 1, findings: { errors: 0, warnings: 4, first: [finding(31)] } },
      { broke: true, findings: { introduced: 1, fixed: 0, kept: 3, introducedFirst: [finding(31)] } },
    ),
    ...finished(
      "c",
      "test",
      {
        verdict: "failed",
        exitCode: 1,
        durationMs: 22_900,
        ...tests(208, { failed: 1, failing: [broken] }),
        ...coverage(30, 37, [88, 89, 90, 91, 92, 93, 94]),
        tail: `${broken.message}\n\n Tests  1 failed | 207 passed (208)\n`,
        outputLength: 4_210,
      },
      { broke: true, tests: { ...same, broken: 1, brokenFirst: [broken], stillPassing: 200, added: { ...same.added, passed: 7 } } },
    ),
    ...finished("d", "build", skipped),
    ...finished("d", "types", { verdict: "error", exitCode: null, reason: "It took longer than 15 minutes." }),
    ...finished("d", "lint", { verdict: "error", exitCode: null, reason: "interrupted: the server was stopped" }),
    ...queued("d", "test"),
    ...finished("e", "build", {}, {}),
    ...started("e", "types"),
    ...finished(
      "e",
      "lint",
      { verdict: "failed", exitCode: 1, findings: { errors: 6, warnings: 3, first: [finding(47)] } },
      { broke: true, findings: { introduced: 6, fixed: 0, kept: 3, introducedFirst: [finding(47)] } },
    ),
    ...started("e", "test"),
    ...["a", "b", "c", "d"].flatMap((target) => finished(target, "secrets", { durationMs: 40 })),
    ...finished("e", "secrets", {
      verdict: "failed",
      durationMs: 55,
      findings: {
        errors: 1,
        warnings: 0,
        first: [{ file: "test/client.test.ts", line: 3, rule: "npm", severity: "error", message: "An npm access token: npm_Ab…" }],
      },
    }),
    ...finished("a", "size", { durationMs: 0, size: { files: 3, added: 97, deleted: 12, maxLines: 200 } }),
    ...finished("e", "size", { verdict: "failed", durationMs: 0, size: { files: 9, added: 131, deleted: 80, maxLines: 200 } }),
    ...cross("a", "b", 4, { outcome: "passed", passed: 5, total: 5 }),
    ...cross("b", "a", 2, { outcome: "failed", passed: 9, total: 11, failing: [{ ...broken, name: "caps the total wait at 30 s" }] }),
    ...cross("b", "e", 2, { outcome: "no_api", reason: "The tests could not be loaded there.", tail: "Cannot find module './policy'" }),
    ...cross("d", "a", 0, { outcome: "none", reason: "D wrote no tests." }),
    ...cross("c", "a", 1),
  ];
}

function cross(
  mine: string,
  code: string,
  files: number,
  result?: Partial<Extract<RunEventBody, { type: "crosstest.finished" }>>,
): RunEventBody[] {
  const name = id(`x${mine}${code}`);
  const place: RunEventBody = { type: "crosstest.queued", id: name, tests: mine, code, files, testsTree: tree(mine), codeTree: tree(code) };
  if (result === undefined) return [place, { type: "crosstest.started", id: name }];
  const nothing = { cached: false, durationMs: 3_000, passed: 0, total: 0, failing: [], tail: "", outputLength: 0 };
  return [place, { type: "crosstest.started", id: name }, { type: "crosstest.finished", id: name, outcome: "passed", ...nothing, ...result }];
}

/** All events of it. */
export function checkedFive(): RunEvent[] {
  const models = ["claude-sonnet-5-5", "claude-opus-5-5", "gpt-6.1-sol", "claude-haiku-5-5", "qwen3-coder"];
  const sizes = [
    [3, 97, 12],
    [6, 61, 18],
    [3, 66, 9],
    [1, 9, 2],
    [9, 131, 80],
  ];
  const bodies: Pick<NewRunEvent, "event" | "variation">[] = [
    {
      event: {
        type: "run.created",
        prompt: "Make the retry policy configurable per client, keep the defaults, and cover it with tests",
        projectId: "0123456789abcdef",
        repositoryUrl: "https://github.com/acme/shop",
        repositoryName: "acme/shop",
        variations: models.map((model) => ({ agent: "builtin", model })),
      },
    },
    { event: { type: "run.base_pinned", commit: tree("0"), branch: "main", submodules: 0, lfsPointers: 0 } },
    { event: { type: "run.started" } },
    ...models.flatMap((_, variation) => {
      const letter = "abcde"[variation] ?? "a";
      const [files = 0, added = 0, deleted = 0] = sizes[variation] ?? [];
      const events: RunEventBody[] = [
        { type: "variation.preparing" },
        { type: "variation.started", executor: "local", sandbox: "bubblewrap" },
        { type: "snapshot.taken", commit: tree(letter), tree: tree(letter), reason: "final", files, added, deleted },
        { type: "variation.completed" },
      ];
      return events.map((event) => ({ event, variation }));
    }),
    { event: { type: "run.completed" } },
    ...checks().map((event) => ({ event })),
  ];
  return bodies.map((body, at) => {
    const route = body.variation === undefined ? {} : { attempt: 0 };
    return { runId: CHECKED_RUN_ID, seq: at + 1, at: START + at * 1_000, ...route, ...body };
  });
}

