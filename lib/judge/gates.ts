import { type CheckKind, targetOfVariation } from "../run/check-names";
import { breaksBase, currentTree } from "../run/check-table";
import { isTerminal, type RunState } from "../run/state";

/** Whether a variation can be recommended at all, before any model is asked. */
export interface JudgeGate {
  variation: number;
  allowed: boolean;
  /** Why not, for people; with `allowed`: what is not known of it. */
  reason?: string;
}

/**
 * The gates that need no model: there is a change, it is finished, and neither tests nor types nor the build say that it breaks what
 * the base does. A variation that was never checked passes, and that is said.
 */
export function judgeGates(run: RunState): JudgeGate[] {
  return run.variations.map(({ index, status, snapshot }): JudgeGate => {
    const out = (reason: string): JudgeGate => ({ variation: index, allowed: false, reason });
    if (!isTerminal(status)) return out("is still at work");
    if (snapshot === undefined) return out("has no result");
    if (snapshot.files === 0) return out("changed nothing");
    const target = targetOfVariation(index);
    const broken = brokenWords(run, target, true);
    if (broken !== undefined) return out(broken);
    const tree = currentTree(run, target);
    const own = run.checks.runs.filter((one) => one.target === target && one.tree === tree && one.command !== undefined);
    // What they say decides whether it is asked about at all.
    if (own.some((one) => one.status === "queued" || one.status === "running")) return out("its checks are not finished");
    const checked = own.some((one) => one.status === "passed" || one.status === "failed");
    const reason = checked ? brokenWords(run, target, false) : "no checks ran on it";
    return { variation: index, allowed: true, ...(reason === undefined ? {} : { reason }) };
  });
}

const behaviour: ReadonlySet<CheckKind> = new Set(["build", "types", "test"]);

/** What a target breaks, of the checks that say whether it works or of the others: a worse lint is the judge's to weigh. */
function brokenWords(run: RunState, target: string, works: boolean): string | undefined {
  const runs = run.checks.runs.filter(({ kind }) => behaviour.has(kind) === works);
  const breakage = breaksBase({ ...run, checks: { ...run.checks, runs } }, target);
  if (breakage === undefined) return undefined;
  const { broken, checks } = breakage;
  return broken === 0 ? `breaks ${checks.join(", ")}` : `breaks ${broken} ${broken === 1 ? "test" : "tests"} of the base`;
}
