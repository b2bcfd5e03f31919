import type { NamedTest } from "./check-events";
import { type CheckKind, checkKinds, targetOfVariation, variationOfTarget } from "./check-names";
import type { CheckRun, CheckStatus } from "./check-state";
import type { Composition } from "./composition";
import { sourceName, standingCompositions } from "./select";
import type { RunState } from "./state";
import { compositionHead, compositionIn } from "./trees";

/**
 * What a cell says about a target: its own status where the base says nothing, else how it stands to the base. `same`: fails as the base does.
 * `worse`, `better`: fails, or complains, more or less than the base.
 */
export type GateTone = "passed" | "failed" | "worse" | "better" | "same" | "open" | "unknown";

export interface GateCell {
  target: string;
  /** Absent: it never ran there. */
  run?: CheckRun;
  tone: GateTone;
  /** It ran on another tree than the target has now. */
  stale: boolean;
}

/** One row of the gates table. */
export interface GateRow {
  check: string;
  name: string;
  kind: CheckKind;
  base?: CheckRun;
  /** One per target of `targets`, in that order. */
  cells: GateCell[];
}

/** The tree that a target has now; undefined while it has none, or when it is none of this run. */
export function currentTree(run: RunState, target: string): string | undefined {
  const variation = run.variations.find(({ index }) => targetOfVariation(index) === target);
  return (variation ?? compositionOfTarget(run, target))?.snapshot?.tree;
}

/** The composition that a target names; undefined where it names something else, or one that is gone. */
export function compositionOfTarget(run: Pick<RunState, "compositions">, target: string): Composition | undefined {
  const named = compositionIn(target);
  return standingCompositions(run).find(({ number }) => number === named);
}

/** `base`, `A`, `Composition 1`: as people say it. */
export function targetTitle(target: string): string {
  const composition = compositionIn(target);
  if (composition !== undefined) return sourceName({ composition });
  return variationOfTarget(target) === undefined ? target : target.toUpperCase();
}

/** What the tables have a column for: every variation, then every composition. */
export function tableTargets(run: Pick<RunState, "variations" | "compositions">): string[] {
  const composed = standingCompositions(run).map(({ number }) => compositionHead(number));
  return [...run.variations.map(({ index }) => targetOfVariation(index)), ...composed];
}

/** The rows in the order build, types, lint, tests, coverage, secrets, size; without `targets`, a column for each variation and composition. */
export function gateRows(run: RunState, targets: readonly string[] = tableTargets(run)): GateRow[] {
  const byCheck = new Map<string, CheckRun[]>();
  for (const one of run.checks.runs) byCheck.set(one.check, [...(byCheck.get(one.check) ?? []), one]);
  const rows = [...byCheck].map(([check, runs]): GateRow => {
    const base = runs.find(({ target }) => target === "base");
    const [{ name, kind } = { name: check, kind: "test" as const }] = runs;
    const cells = targets.map((target) =>
      cellOf(
        run,
        target,
        runs.find((one) => one.target === target),
      ),
    );
    return { check, name, kind, base, cells };
  });
  return rows.sort((one, other) => checkKinds.indexOf(one.kind) - checkKinds.indexOf(other.kind));
}

function cellOf(state: RunState, target: string, run: CheckRun | undefined): GateCell {
  const tree = currentTree(state, target);
  return { target, run, tone: toneOf(run), stale: run !== undefined && tree !== undefined && run.tree !== tree };
}

const open: ReadonlySet<CheckStatus> = new Set(["queued", "running"]);

/** See `GateTone`. */
export function toneOf(run: CheckRun | undefined): GateTone {
  if (run === undefined || run.status === "error" || run.status === "skipped") return "unknown";
  if (open.has(run.status)) return "open";
  const { comparison, status } = run;
  const { tests, findings } = comparison ?? {};
  if (comparison?.broke || (tests?.broken ?? 0) > 0 || (findings?.introduced ?? 0) > (findings?.fixed ?? 0)) return "worse";
  if (status === "passed") return (findings?.fixed ?? 0) > (findings?.introduced ?? 0) ? "better" : "passed";
  if (comparison === undefined) return "failed";
  if (findings !== undefined && findings.fixed > findings.introduced) return "better";
  if (tests !== undefined) {
    if (tests.added.failed > 0) return "failed";
    return tests.fixed > 0 ? "better" : "same";
  }
  return "same";
}

/** Tests of the base that a target breaks. */
export interface Breakage {
  /** How many tests that ran well on the base fail. */
  broken: number;
  /** The first of them. */
  tests: readonly NamedTest[];
  /** Names of checks that passed on the base and fail as a whole. */
  checks: readonly string[];
}

/** What choosing this target would break, for the words beside Select; undefined: nothing that is known of. Results for older trees count not. */
export function breaksBase(run: RunState, target: string): Breakage | undefined {
  const tree = currentTree(run, target);
  const runs = run.checks.runs.filter((one) => one.target === target && (tree === undefined || one.tree === tree));
  const tests = runs.flatMap(({ comparison }) => comparison?.tests?.brokenFirst ?? []);
  const broken = runs.reduce((sum, { comparison }) => sum + (comparison?.tests?.broken ?? 0), 0);
  const checks = runs.filter(({ comparison }) => comparison?.broke).map(({ name }) => name);
  return broken === 0 && checks.length === 0 ? undefined : { broken, tests, checks };
}

/** How far the checks of a run are: over all targets. */
export function checkProgress({ checks }: RunState): { open: number; total: number } {
  const all = [...checks.runs, ...checks.crossTests];
  return { open: all.filter(({ status }) => status === "queued" || status === "running").length, total: all.length };
}

/** True once every check of this target that was asked for passed, and at least one that runs a command of the project's did. */
export function passesItsChecks(run: RunState, target: string): boolean {
  const tree = currentTree(run, target);
  const runs = run.checks.runs.filter((one) => one.target === target && (tree === undefined || one.tree === tree));
  return (
    runs.some(({ command, status }) => command !== undefined && status === "passed") && runs.every(({ status }) => status === "passed")
  );
}
