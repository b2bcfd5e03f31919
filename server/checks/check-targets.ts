import { targetOfVariation, variationOfTarget } from "@/lib/run/check-names";
import { compositionOfTarget } from "@/lib/run/check-table";
import { standingCompositions } from "@/lib/run/select";
import type { RunState } from "@/lib/run/state";
import { compositionHead } from "@/lib/run/trees";
import { AppError } from "../app-error";
import type { GitStore } from "../git/git-store";

/** A tree that can be checked. */
export interface CheckTarget {
  name: string;
  commit: string;
  tree: string;
}

/** The tree that a target has now. Rejects with `AppError` where there is none. */
export async function targetNamed(git: Pick<GitStore, "treeOf">, run: RunState, name: string): Promise<CheckTarget> {
  if (run.base === undefined) throw new AppError("conflict", "The base is still being fetched, or could not be: there is no tree yet.");
  if (name === "base") return { name, commit: run.base.commit, tree: await git.treeOf(run.runId, run.base.commit) };
  const composition = compositionOfTarget(run, name);
  if (composition?.snapshot !== undefined) return { name, commit: composition.snapshot.commit, tree: composition.snapshot.tree };
  const variation = run.variations[variationOfTarget(name) ?? -1];
  if (variation === undefined) {
    const known = [
      "base",
      ...run.variations.map(({ index }) => targetOfVariation(index)),
      ...standingCompositions(run).map(({ number }) => compositionHead(number)),
    ].join(", ");
    throw new AppError("not_found", `This run has nothing called ${name}.`, [{ field: "targets", message: `Give one of ${known}.` }]);
  }
  if (variation.snapshot === undefined) {
    throw new AppError("conflict", `Variation ${name.toUpperCase()} has no snapshot yet.`, [
      { field: "targets", message: "Leave it out, or wait until it has changed something." },
    ]);
  }
  return { name, commit: variation.snapshot.commit, tree: variation.snapshot.tree };
}

/** Names of all that can be checked now, the base first. */
export function allTargets(run: RunState): string[] {
  const variations = run.variations.filter(({ snapshot }) => snapshot !== undefined);
  const compositions = standingCompositions(run).filter(({ snapshot }) => snapshot !== undefined);
  return ["base", ...variations.map(({ index }) => targetOfVariation(index)), ...compositions.map(({ number }) => compositionHead(number))];
}
