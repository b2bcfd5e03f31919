import type { Blocker, LandOrder } from "@/lib/protocol/landing";
import { compositionOf } from "@/lib/run/composition";
import { sourceName, variationLetter } from "@/lib/run/select";
import type { RunState, TreeSource } from "@/lib/run/state";
import { AppError } from "../app-error";
import { branchName } from "../runs/branch-name";
import { authorOf } from "./author-of";
import type { LandingContext } from "./landing-context";
import { commitMessage, PROVENANCE_TRAILER } from "./landing-message";
import { planCheckout } from "./plan-checkout";
import { planRemote } from "./plan-remote";
import type { LandingPlan, Source } from "./planned-target";

/** What is meant: the newest tree of what is named, else what was selected, also when that has changed since. */
export function sourceOf(run: RunState, named: TreeSource): Source {
  if (named.winner !== undefined && named.composition !== undefined) {
    const message = "Name a variation or a composition, not both.";
    throw new AppError("bad_request", message, [{ field: "composition", message }]);
  }
  const isNamed = named.winner !== undefined || named.composition !== undefined;
  if (!isNamed && run.selection === undefined) {
    const message = "No winner is selected yet: select one, or name the variation.";
    throw new AppError("conflict", message, [{ field: "variation_id", message }]);
  }
  const what: TreeSource = isNamed ? named : { winner: run.selection?.winner, composition: run.selection?.composition };
  const found = what.composition === undefined ? variationTree(run, what.winner ?? 0) : compositionTree(run, what.composition);
  const snapshot = !isNamed && found.snapshots.length > 0 ? run.selection?.commit : found.newest?.commit;
  const name = sourceName(what);
  if (snapshot === undefined || run.base === undefined) {
    const message = `${found.called} has no tree yet: wait for its first change, or land another one.`;
    throw new AppError("conflict", message, [{ field: "variation_id", message }]);
  }
  const outdated = !isNamed && found.newest !== undefined && found.newest.commit !== snapshot;
  const warnings = outdated
    ? [`${name} has changed since it was selected: the selected state is landed. Select it again to land the new one.`]
    : [];
  const { credits, summary, snapshots, newest, at } = found;
  return { run, what, name, credits, summary, snapshots, newest, base: run.base.commit, snapshot, at: at(snapshot), warnings };
}

interface FoundTree extends Pick<Source, "credits" | "summary" | "snapshots" | "newest"> {
  called: string;
  /** When a snapshot was taken. */
  at(snapshot: string): number;
}

function variationTree(run: RunState, index: number): FoundTree {
  const variation = run.variations[index];
  if (variation === undefined) {
    const message = `Give a number from 0 to ${run.variations.length - 1}.`;
    throw new AppError("not_found", `This run has no variation ${index}.`, [{ field: "variation_id", message }]);
  }
  const { snapshot, snapshots, summary } = variation;
  return {
    called: `Variation ${variationLetter(index)}`,
    credits: [variation],
    summary,
    snapshots: snapshots.map(({ commit }) => commit),
    newest: snapshot,
    at: (commit) => snapshots.findLast((one) => one.commit === commit)?.at ?? run.createdAt,
  };
}

function compositionTree(run: RunState, number: number): FoundTree {
  const composition = compositionOf(run.compositions, number);
  if (composition === undefined || composition.deleted) {
    const message = "Give the number of a composition of this run.";
    throw new AppError("not_found", `This run has no composition ${number}.`, [{ field: "composition", message }]);
  }
  const { snapshot, commits, changedAt } = composition;
  return {
    called: sourceName({ composition: number }),
    credits: (snapshot?.variations ?? []).flatMap((index) => run.variations[index] ?? []),
    snapshots: commits,
    newest: snapshot,
    at: () => snapshot?.at ?? changedAt,
  };
}

/** Looks at everything that a landing would touch, and changes nothing there. */
export async function planLanding(context: LandingContext, run: RunState, order: LandOrder): Promise<LandingPlan> {
  const source = sourceOf(run, { winner: order.variation_id, composition: order.composition });
  const target = order.kind === "checkout" ? await planCheckout(context, source, order) : await planRemote(context, source, order);
  const identity = order.author ?? (await authorOf(context, target.address));
  const blockers = [...target.blockers];
  if (target.conflicts.length === 0 && target.tree === (await context.git.treeOf(run.runId, target.parent)))
    blockers.push(nothingToLand(source, target.parent));
  if (identity === undefined) blockers.push(NO_AUTHOR);
  const branch = order.branch ?? branchName(run.runId, source.what, run.prompt);
  return {
    ...source,
    branch: order.kind === "checkout" && order.mode !== "branch" ? undefined : branch,
    ...target,
    files: await filesOf(context, source),
    warnings: [...source.warnings, ...target.warnings],
    order,
    message: commitMessage(source, order.message, await context.git.trailers(run.runId, source.snapshot, PROVENANCE_TRAILER)),
    identity,
    blockers,
  };
}

async function filesOf({ git }: LandingContext, { run, newest, base, snapshot }: Source): Promise<number> {
  return newest?.commit === snapshot ? newest.files : (await git.touched(run.runId, base, snapshot)).length;
}

function nothingToLand({ what, name, base }: Source, parent: string): Blocker {
  const called = what.composition === undefined ? `Variation ${name}` : name;
  const message = parent === base ? `${called} changed nothing.` : `What ${name} changed is there already.`;
  return { code: "nothing_to_land", message, remedy: "There is nothing to do.", paths: [] };
}

const NO_AUTHOR: Blocker = {
  code: "no_author",
  message: "Nobody is known whom the commit could be by.",
  remedy:
    'Give author, set AIDEATOR_GIT_AUTHOR="Ada <ada@example.com>", or run git config --global user.name and user.email on the server.',
  paths: [],
};
