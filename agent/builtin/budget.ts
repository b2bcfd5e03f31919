import { dollarsFor, type TokenCounts } from "@/lib/pricing/prices";
import type { AgentTask } from "@/lib/protocol/agent-task";
import type { Failure } from "@/lib/run/failures";

const KEPT = "What was done so far is kept: open the diff, raise the limit, or run again.";

/** Turns, minutes and dollars of one attempt. */
export interface Budget {
  /** Aborts in the moment in which the minutes are over, also in mid-answer or mid-command. */
  readonly deadline: AbortSignal;
  /** Why `turn` (from 1) must not begin; undefined when it may. */
  exceeded(turn: number): Failure | undefined;
  /** Takes the counts of one try; dollars at list price. */
  spend(counts: TokenCounts): void;
  /** What to say when the deadline interrupted something. */
  overdue(): Failure;
}

/** Its time begins now. The gateway enforces dollars as well; here a call that is sure to be refused is not even made. */
export function createBudget({ limits, model }: AgentTask): Budget {
  let dollars = 0;
  const over = new AbortController();
  if (limits.minutes !== undefined) {
    const timer = setTimeout(() => over.abort(), Math.min(limits.minutes * 60_000, 2 ** 31 - 1));
    timer.unref();
  }
  const reached = (message: string, code: Failure["code"] = "budget"): Failure => ({ code, message, remedy: KEPT });
  const overdue = (): Failure => reached(`The limit of ${limits.minutes} minutes is reached.`, "timeout");
  return {
    deadline: over.signal,
    overdue,
    exceeded(turn) {
      if (over.signal.aborted) return overdue();
      if (limits.turns !== undefined && turn > limits.turns) return reached(`The limit of ${limits.turns} turns is reached.`);
      if (limits.dollars !== undefined && dollars >= limits.dollars) return reached(`The limit of $${limits.dollars} is reached.`);
      return undefined;
    },
    spend(counts) {
      dollars += dollarsFor(model, counts) ?? 0;
    },
  };
}
