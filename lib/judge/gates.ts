import { targetOfVariation } from "../run/check-names";
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
 * The gates that need no model: there is a change, it is finished, and no check says that it breaks what the base does. A variation that was
 * never checked passes, and that is said.
 */
export function judgeGates(run: RunState): JudgeGate[] {
  return run.variations.map(({ index, status, snapshot }): JudgeGate => {
    const out = (reason: string): JudgeGate => ({ variation: index, allowed: false, reason });
    if (!isTerminal(status)) return out("is still at work");
    if (snapshot === undefined) return out("has no result");
    if (snapshot.files === 0) return out("changed nothing");
    const target = targetOfVariation(index);
    const breakage = breaksBase(run, target);
    if (breakage !== undefined) {
      const { broken, checks } = breakage;
      const tests = broken === 0 ? [] : [`breaks ${broken} ${broken === 1 ? "test" : "tests"} of the base`];
      const whole = checks.length === 0 || broken > 0 ? [] : [`breaks ${checks.join(", ")}`];
      return out([...tests, ...whole].join(", "));
    }
    const tree = currentTree(run, target);
    const own = run.checks.runs.filter((one) => one.target === target && one.tree === tree && one.command !== undefined);
    if (own.some((one) => one.status === "queued" || one.status === "running")) {
      return { variation: index, allowed: true, reason: "its checks are not finished" };
    }
    return own.some((one) => one.status === "passed" || one.status === "failed")
      ? { variation: index, allowed: true }
      : { variation: index, allowed: true, reason: "no checks ran on it" };
  });
}
