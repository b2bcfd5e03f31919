import type { Blocker, LandOrder } from "@/lib/protocol/landing";
import { AppError, isAppError } from "../app-error";
import type { CheckoutState } from "../git/landing/landing-git";
import { branchName } from "../runs/branch-name";
import type { LandingContext } from "./landing-context";
import { files, named } from "./path-words";
import { type PlannedTarget, SHOWN_COMMITS, type Source } from "./planned-target";
import { clashBlocker, clashOf } from "./run-branch";

export type CheckoutOrder = Extract<LandOrder, { kind: "checkout" }>;

/** A folder with a working tree: what is there, and all that stands in the way, before anything is written. */
export async function planCheckout(context: LandingContext, source: Source, order: CheckoutOrder): Promise<PlannedTarget> {
  const { git } = context;
  const { run, base, snapshot } = source;
  const path = await folderOf(context, source, order);
  const checkout = await git.inspectCheckout(path);
  await git.takeHead(run.runId, path, checkout.head);
  // A new branch starts where the agent did, unless HEAD is wanted; everything else can only go onto HEAD.
  const onHead = order.mode !== "branch" || order.rebase;
  const parent = onHead ? checkout.head : base;
  const merged = await git.merge(run.runId, base, snapshot, checkout.head);
  const tree = onHead ? merged.tree : await git.treeOf(run.runId, snapshot);
  const writes = order.mode !== "branch" || order.switch;
  const touched = writes && (merged.conflicts.length === 0 || !onHead) ? await git.touched(run.runId, checkout.head, tree) : [];
  const plan: PlannedTarget = {
    place: path,
    parent,
    tree,
    conflicts: merged.conflicts,
    blockers: [],
    warnings: warningsOf(checkout, source, order),
    touched,
    checkout,
    address: { kind: "path", url: path, name: path },
  };
  if (checkout.head !== base) {
    plan.moved = { from: base, to: checkout.head, ...(await git.commitsBetween(run.runId, base, checkout.head, SHOWN_COMMITS)) };
  }
  if (plan.moved !== undefined && onHead && merged.conflicts.length === 0) plan.warnings.push(mergesWith(plan.moved.total));
  const related = (await git.related(run.runId, base, checkout.head)) || (!onHead && (await git.hasCommit(path, base)));
  if (!related) plan.blockers.push(UNRELATED);
  if (related && onHead && merged.conflicts.length > 0) plan.blockers.push(conflictsBlocker(plan));
  if (writes) plan.blockers.push(...(await blockersOf(context, plan, checkout, order)));
  if (order.mode === "branch") plan.blockers.push(...(await branchBlockers(context, source, path, order)));
  const filters = writes ? await git.newFilters(run.runId, checkout.head, tree) : [];
  if (filters.length > 0 && checkout.filters.length > 0 && !order.allow_filters) plan.blockers.push(filtersBlocker(filters, checkout));
  return plan;
}

/** Said before it is done, since what comes of it is a state that neither the agent nor the person has seen. */
function mergesWith(total: number): string {
  const moved = total === 1 ? "has moved on by 1 commit" : total > 1 ? `has moved on by ${total} commits` : "is at another commit";
  return `The checkout ${moved} since the run began: the work is merged with what is there now. Run the tests afterwards.`;
}

const UNRELATED: Blocker = {
  code: "unrelated",
  message: "This checkout has no history in common with the run’s repository.",
  remedy: "Give a checkout of that repository.",
  paths: [],
};

async function folderOf({ parseAddress }: LandingContext, { run }: Source, order: CheckoutOrder): Promise<string> {
  const field = "checkout";
  try {
    const address = await parseAddress(order.checkout ?? run.repositoryUrl);
    if (address.kind === "path") return address.url;
  } catch (error) {
    if (isAppError(error)) throw new AppError(error.code, error.message, [{ field, message: error.message }]);
    throw error;
  }
  const message =
    order.checkout === undefined
      ? "The run’s repository is not a folder of this machine: name the folder of your checkout, inside AIDEATOR_LOCAL_REPOS."
      : "Give the absolute path of a checkout inside AIDEATOR_LOCAL_REPOS.";
  throw new AppError("bad_request", message, [{ field, message }]);
}

function conflictsBlocker({ conflicts }: PlannedTarget): Blocker {
  return {
    code: "conflicts",
    message: `The checkout has moved on since the run began, and both sides changed the same lines of ${files(conflicts.length)}.`,
    remedy: "Land as a new branch on the run’s base and merge it yourself, or run again on the new commit.",
    paths: conflicts.map(({ path }) => path),
  };
}

async function blockersOf({ git }: LandingContext, plan: PlannedTarget, state: CheckoutState, order: CheckoutOrder): Promise<Blocker[]> {
  const blockers: Blocker[] = [];
  const add = (code: string, message: string, remedy: string, paths: string[] = []): void => {
    blockers.push({ code, message, remedy, paths });
  };
  if (state.inProgress !== undefined)
    add("in_progress", `The checkout is in the middle of ${state.inProgress}.`, "Finish or abort it first.");
  if (state.locked)
    add(
      "locked",
      "Another git works in the checkout: it has .git/index.lock.",
      "Wait until it is done; remove the file only if no git runs there.",
    );
  if (state.unmerged.length > 0)
    add(
      "unmerged",
      `${files(state.unmerged.length)} of the checkout have conflicts that are not solved.`,
      "Solve them first.",
      state.unmerged,
    );
  if (order.mode === "commit" && state.branch === undefined) {
    add(
      "detached",
      "The checkout is on no branch (HEAD is detached), so a commit there would be lost.",
      "Land as a new branch, or as uncommitted changes.",
    );
  }
  const dirty = order.mode === "branch" ? state.dirty : state.dirty.filter((path) => plan.touched.some((one) => overlap(path, one.path)));
  if (dirty.length > 0) {
    const what = order.mode === "branch" ? "has changes that are not committed" : "has uncommitted changes in files that would be changed";
    add("dirty", `The checkout ${what}: ${named(dirty)}.`, "Commit or stash them first.", dirty);
  }
  const obstacles = await git.obstacles(state.path, plan.touched);
  if (obstacles.length > 0) {
    add(
      "untracked",
      `Untracked files are where new ones would be written: ${named(obstacles)}.`,
      "Move them away, or commit them first.",
      obstacles,
    );
  }
  const strange = plan.touched.filter(({ pathBytes }) => pathBytes !== undefined).map(({ path }) => path);
  if (strange.length > 0)
    add("file_names", "The change has file names that are not UTF-8.", "Push it as a branch, or take the patch.", strange);
  return blockers;
}

async function branchBlockers({ git }: LandingContext, { run, what }: Source, path: string, order: CheckoutOrder): Promise<Blocker[]> {
  const branch = order.branch ?? branchName(run.runId, what, run.prompt);
  const there = await git.branches(path);
  const clash = clashOf(branch, there);
  if (clash !== undefined) return [clashBlocker(branch, clash)];
  if (!there.includes(branch)) return [];
  return [
    {
      code: "branch_exists",
      message: `The checkout has a branch ${branch} already.`,
      remedy: "Give another name, or delete that branch.",
      paths: [],
    },
  ];
}

function filtersBlocker(names: string[], { filters }: CheckoutState): Blocker {
  return {
    code: "filters",
    message: `The change adds rules to .gitattributes (${named(names)}) that can make your git run a filter on its files; you have configured ${named(filters)}.`,
    remedy: "Read those rules; then allow them (allow_filters), or land as a branch.",
    paths: [],
  };
}

function warningsOf(state: CheckoutState, { run }: Source, order: CheckoutOrder): string[] {
  const warnings: string[] = [];
  const base = run.base?.branch;
  if (order.mode !== "branch" && state.branch !== undefined && base !== undefined && state.branch !== base) {
    warnings.push(`The checkout is on ${state.branch}; the run began on ${base}.`);
  }
  if (order.mode !== "branch" && state.dirty.length > 0) warnings.push("Your other uncommitted changes stay as they are.");
  if ((run.base?.submodules ?? 0) > 0) warnings.push("Submodules are not updated.");
  return warnings;
}

/** The same path, or one inside the other. */
function overlap(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}
