import type { Blocker, LandOrder } from "@/lib/protocol/landing";
import { variationLetter } from "@/lib/run/select";
import type { RunState } from "@/lib/run/state";
import { AppError } from "../app-error";
import { branchName } from "../runs/branch-name";
import { authorOf } from "./author-of";
import type { LandingContext } from "./landing-context";
import { commitMessage } from "./landing-message";
import { planCheckout } from "./plan-checkout";
import { planRemote } from "./plan-remote";
import type { LandingPlan, Source } from "./planned-target";

/** What is meant: the newest tree of a variation that is named, else what was selected, also when its variation has changed since. */
export function sourceOf(run: RunState, index: number | undefined): Source {
  const wanted = index ?? run.selection?.winner;
  if (wanted === undefined) {
    const message = "No winner is selected yet: select one, or name the variation.";
    throw new AppError("conflict", message, [{ field: "variation_id", message }]);
  }
  const variation = run.variations[wanted];
  if (variation === undefined) {
    const message = `Give a number from 0 to ${run.variations.length - 1}.`;
    throw new AppError("not_found", `This run has no variation ${wanted}.`, [{ field: "variation_id", message }]);
  }
  const newest = variation.snapshot?.commit;
  const snapshot = index === undefined && variation.snapshots.length > 0 ? run.selection?.commit : newest;
  if (snapshot === undefined || run.base === undefined) {
    const message = `Variation ${variationLetter(wanted)} has no tree yet: wait for its first change, or land another one.`;
    throw new AppError("conflict", message, [{ field: "variation_id", message }]);
  }
  const at = variation.snapshots.findLast(({ commit }) => commit === snapshot)?.at ?? run.createdAt;
  const outdated = index === undefined && newest !== undefined && newest !== snapshot;
  return { run, variation, base: run.base.commit, snapshot, at, warnings: outdated ? [changedSince(wanted)] : [] };
}

function changedSince(winner: number): string {
  return `${variationLetter(winner)} has changed since it was selected: the selected state is landed. Select it again to land the new one.`;
}

/** Looks at everything that a landing would touch, and changes nothing there. */
export async function planLanding(context: LandingContext, run: RunState, order: LandOrder): Promise<LandingPlan> {
  const source = sourceOf(run, order.variation_id);
  const target = order.kind === "checkout" ? await planCheckout(context, source, order) : await planRemote(context, source, order);
  const identity = order.author ?? (await authorOf(context, target.address));
  const blockers = [...target.blockers];
  if (target.conflicts.length === 0 && target.tree === (await context.git.treeOf(run.runId, target.parent)))
    blockers.push(nothingToLand(source, target.parent));
  if (identity === undefined) blockers.push(NO_AUTHOR);
  const branch = order.branch ?? branchName(run.runId, source.variation.index, run.prompt);
  return {
    ...source,
    branch: order.kind === "checkout" && order.mode !== "branch" ? undefined : branch,
    ...target,
    files: await filesOf(context, source),
    warnings: [...source.warnings, ...target.warnings],
    order,
    message: commitMessage(run, source.variation, order.message),
    identity,
    blockers,
  };
}

async function filesOf({ git }: LandingContext, { run, variation, base, snapshot }: Source): Promise<number> {
  const { snapshot: newest } = variation;
  return newest?.commit === snapshot ? newest.files : (await git.touched(run.runId, base, snapshot)).length;
}

function nothingToLand({ variation, base }: Source, parent: string): Blocker {
  const letter = variationLetter(variation.index);
  const message = parent === base ? `Variation ${letter} changed nothing.` : `What ${letter} changed is there already.`;
  return { code: "nothing_to_land", message, remedy: "There is nothing to do.", paths: [] };
}

const NO_AUTHOR: Blocker = {
  code: "no_author",
  message: "Nobody is known whom the commit could be by.",
  remedy:
    'Give author, set AIDEATOR_GIT_AUTHOR="Ada <ada@example.com>", or run git config --global user.name and user.email on the server.',
  paths: [],
};
