import type { Blocker } from "@/lib/protocol/landing";
import { branchName } from "../runs/branch-name";
import type { Source } from "./planned-target";

/** Names that are projected from the log (`setRunRefs`), and what could not stand beside them. Case is ignored, as file systems may ignore it. */
const RESERVED = /^([a-e]|winner|HEAD)(\/|$)/i;
const ANOTHER_NAME = "Choose another name.";

/**
 * What stands in the way of a branch in the run's own repository. `there`: all branches of it, name → commit; `sameTree`: the branch holds the
 * tree that is landed. A branch is only replaced by its own variation: its earlier landing, or what `select` put there.
 */
export function runBranchBlockers(source: Source, branch: string, there: ReadonlyMap<string, string>, sameTree: boolean): Blocker[] {
  const { run, variation } = source;
  if (RESERVED.test(branch)) {
    const message = `In the run’s repository ${branch} is reserved: a to e, winner and HEAD follow the run itself.`;
    return [{ code: "branch_reserved", message, remedy: ANOTHER_NAME, paths: [] }];
  }
  const selectable = run.variations.map(({ index }) => branchName(run.runId, index, run.prompt));
  const clash = clashOf(branch, [...there.keys(), ...selectable]);
  if (clash !== undefined) return [clashBlocker(branch, clash)];
  const holds = there.get(branch);
  if (holds === undefined || sameTree || isOwn(source, branch, holds)) return [];
  const other = run.landings.findLast((landing) => landing.status === "finished" && landing.outcome.commit === holds);
  const what = other === undefined || other.source === variation.index ? "other work" : "what another variation landed";
  return [
    {
      code: "branch_exists",
      message: `The run’s repository has a branch ${branch} already, with ${what}.`,
      remedy: ANOTHER_NAME,
      paths: [],
    },
  ];
}

/** git can keep no branch `x` beside a branch `x/y`. */
export function clashOf(branch: string, names: readonly string[]): string | undefined {
  return names.find((name) => name.startsWith(`${branch}/`) || branch.startsWith(`${name}/`));
}

export function clashBlocker(branch: string, clash: string): Blocker {
  const message = `A branch ${branch} cannot stand beside ${clash}: git takes one of the names for a folder.`;
  return { code: "branch_exists", message, remedy: ANOTHER_NAME, paths: [] };
}

function isOwn({ run, variation, base }: Source, branch: string, holds: string): boolean {
  const selected = branch === branchName(run.runId, variation.index, run.prompt);
  if (selected && (holds === base || variation.snapshots.some(({ commit }) => commit === holds))) return true;
  return run.landings.some(
    (landing) =>
      landing.status === "finished" &&
      landing.kind === "branch" &&
      landing.source === variation.index &&
      landing.outcome.branch === branch &&
      landing.outcome.commit === holds,
  );
}
