import { compositionOf } from "@/lib/run/composition";
import { variationLetter } from "@/lib/run/select";
import type { RunState } from "@/lib/run/state";
import { compositionIn, runCommits, turnsOf, variationCommit } from "@/lib/run/trees";
import { AppError } from "../app-error";

/**
 * The commit that a side of a run stands for: `base`, `a`…`e`, `a@2` (second snapshot), `a@turn-1`, `composition-1`, or a commit id of this run. `field` is the
 * input that a refusal names. Throws `AppError`: `not_found` for what is not of this run, `conflict` while there is no tree yet.
 */
export function sideCommit(run: RunState, side: string, field: string): string {
  if (/^[0-9a-f]{40}$/.test(side)) {
    if (runCommits(run).has(side)) return side;
    // Also when the repository has it: through its alternates it has all that was ever fetched from upstream.
    throw refuse(field, `This run has no commit ${side.slice(0, 12)}.`, "Give the base or a snapshot of this run.");
  }
  if (side === "base") return orConflict(run.base?.commit);
  const number = compositionIn(side);
  if (number !== undefined) {
    const composition = compositionOf(run.compositions, number);
    if (composition?.snapshot !== undefined && !composition.deleted) return composition.snapshot.commit;
    throw refuse(field, `This run has no composition ${number}.`, "Give the number of one that is there.");
  }
  return variationSide(run, side, field);
}

function variationSide(run: RunState, side: string, field: string): string {
  const [, letter = "", kind, number] = /^([a-e])(?:@(turn-)?(\d+))?$/.exec(side) ?? [];
  const variation = run.variations[letter.charCodeAt(0) - 97];
  if (variation === undefined) {
    const letters = run.variations.map((_, at) => variationLetter(at).toLowerCase()).join(", ");
    throw refuse(field, `This run has no variation ${side}.`, `Give base or one of ${letters}.`);
  }
  if (number === undefined) return orConflict(variationCommit(run, variation));
  const marks = kind === undefined ? variation.snapshots : turnsOf(variation);
  const found = marks[Number(number) - 1];
  if (found !== undefined) return found.commit;
  const what = kind === undefined ? "snapshot" : "ended turn";
  const some = marks.length === 0 ? `It has no ${what} yet.` : `Give a number from 1 to ${marks.length}.`;
  throw refuse(field, `Variation ${letter.toUpperCase()} has no ${what} ${number}.`, some);
}

function orConflict(commit: string | undefined): string {
  if (commit !== undefined) return commit;
  throw new AppError("conflict", "The base is still being fetched, or could not be: there is no tree yet.");
}

function refuse(field: string, message: string, remedy: string): AppError {
  return new AppError("not_found", message, [{ field, message: remedy }]);
}
