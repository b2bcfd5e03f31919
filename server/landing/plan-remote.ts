import type { LandOrder } from "@/lib/protocol/landing";
import { isAppError } from "../app-error";
import type { RepositoryAddress } from "../git/git-store";
import { branchName } from "../runs/branch-name";
import { forgeOf } from "./forge-of";
import type { LandingContext } from "./landing-context";
import { files } from "./path-words";
import { type PlannedTarget, SHOWN_COMMITS, type Source } from "./planned-target";
import { planPush } from "./push-place";
import { runBranchBlockers } from "./run-branch";

type RemoteOrder = Exclude<LandOrder, { kind: "checkout" }>;

/** A branch of the run's repository, pushed or not: on the run's base, or on the newest commit of a branch. */
export async function planRemote(context: LandingContext, source: Source, order: RemoteOrder): Promise<PlannedTarget> {
  const { git } = context;
  const { run, base, snapshot } = source;
  const plan: PlannedTarget = {
    place: order.kind === "branch" ? "the run’s repository" : run.repositoryName,
    parent: base,
    tree: await git.treeOf(run.runId, snapshot),
    conflicts: [],
    blockers: [],
    warnings: [],
    touched: [],
  };
  const address = await addressOf(context, source, plan, order);
  if (order.kind === "pull_request") await planForge(context, plan, address);
  if (order.kind === "push" && address !== undefined) await planPush(context, plan, address);
  const onto = order.onto ?? run.base?.branch;
  const tip = address === undefined || onto === undefined ? undefined : await tipOf(context, address, onto, order, plan);
  if (tip !== undefined && tip !== base) {
    plan.moved = { from: base, to: tip, ...(await git.commitsBetween(run.runId, base, tip, SHOWN_COMMITS)) };
    const merged = await git.merge(run.runId, base, snapshot, tip);
    plan.conflicts = merged.conflicts;
    if (order.rebase) {
      plan.parent = tip;
      plan.tree = merged.tree;
    }
  }
  if (order.rebase) blockRebase(plan, onto, tip);
  if (order.kind === "branch") await planRunBranch(context, source, plan, order);
  return { ...plan, address };
}

async function planRunBranch({ git }: LandingContext, source: Source, plan: PlannedTarget, order: RemoteOrder): Promise<void> {
  const { run, what } = source;
  const branch = order.branch ?? branchName(run.runId, what, run.prompt);
  const there = await git.runBranches(run.runId);
  plan.replaces = there.get(branch);
  // Also what a landing left there that was cut off before its end.
  const sameTree = plan.replaces !== undefined && (await git.treeOf(run.runId, plan.replaces)) === plan.tree;
  plan.blockers.push(...runBranchBlockers(source, branch, there, sameTree));
}

async function addressOf(
  { parseAddress }: LandingContext,
  { run }: Source,
  plan: PlannedTarget,
  { kind, rebase }: RemoteOrder,
): Promise<RepositoryAddress | undefined> {
  try {
    return await parseAddress(run.repositoryUrl);
  } catch (error) {
    if (!isAppError(error)) throw error;
    const needed = kind !== "branch" || rebase;
    if (needed)
      plan.blockers.push({
        code: "repository",
        message: error.message,
        remedy: "Allow the repository again, or land as a branch.",
        paths: [],
      });
    return undefined;
  }
}

async function planForge(context: LandingContext, plan: PlannedTarget, address: RepositoryAddress | undefined): Promise<void> {
  const missing = context.pullRequests.unavailable();
  plan.forge = address === undefined ? undefined : await forgeOf(context, address);
  if (plan.forge !== undefined && address?.kind === "path") {
    plan.place = `${plan.forge.owner}/${plan.forge.name}, origin of ${address.url}`;
    plan.warnings.push("Commits of the checkout that are not at its origin yet go along with the branch.");
  }
  if (plan.forge === undefined) {
    const what = address?.kind === "path" ? "This checkout has no origin on GitHub" : "This repository is not on GitHub";
    const message = `${what}, and pull requests can be opened only there.`;
    plan.blockers.push({ code: "not_github", message, remedy: "Push the branch instead.", paths: [] });
  } else if (missing !== undefined) {
    plan.blockers.push({ code: "no_token", message: "The server has no GitHub token.", remedy: missing, paths: [] });
  }
}

/** What cannot be fetched now only matters when it is asked for. */
async function tipOf(
  { git }: LandingContext,
  address: RepositoryAddress,
  onto: string,
  { rebase, onto: asked }: RemoteOrder,
  plan: PlannedTarget,
): Promise<string | undefined> {
  try {
    const tip = await git.upstreamTip(address, onto);
    if (tip === undefined && asked !== undefined) {
      const message = `There is no branch ${asked} in this repository.`;
      plan.blockers.push({ code: "no_branch", message, remedy: "Give one that exists.", paths: [] });
    }
    return tip;
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (rebase)
      plan.blockers.push({ code: "repository", message: error.message, remedy: "Land on the old base, or try again.", paths: [] });
    else plan.warnings.push(`Whether the base has moved is not known: ${error.message}`);
    return undefined;
  }
}

function blockRebase(plan: PlannedTarget, onto: string | undefined, tip: string | undefined): void {
  if (plan.conflicts.length > 0) {
    plan.blockers.push({
      code: "conflicts",
      message: `The base has moved, and both sides changed the same lines of ${files(plan.conflicts.length)}.`,
      remedy: "Land on the old base and merge by hand, or run again on the new one.",
      paths: plan.conflicts.map(({ path }) => path),
    });
  }
  if (onto === undefined || (tip === undefined && plan.blockers.length === 0)) {
    const message = "The run’s base is no branch, so there is nothing to rebase onto.";
    plan.blockers.push({ code: "no_branch", message, remedy: "Give onto, the name of a branch.", paths: [] });
  }
}
