import type { Blocker } from "@/lib/protocol/landing";
import type { Landing } from "@/lib/run/state";
import { branchName } from "../runs/branch-name";
import type { Source } from "./planned-target";

/** Names that are projected from the log (`setRunRefs`), and what could not stand beside them. Case is ignored, as file systems may ignore it. */
const RESERVED = /^([a-e]|winner|HEAD|composition-\d+)(\/|$)/i;
const ANOTHER_NAME = "Choose another name.";

/**
 * What stands in the way of a branch in the run's own repository. `there`: all branches of it, name → commit; `sameTree`: the branch holds the
 * tree that is landed. A branch is only replaced by its own variation: its earlier landing, or what `select` put there.
 */
export function runBranchBlockers(source: Source, branch: string, there: ReadonlyMap<string, string>, sameTree: boolean): Blocker[] {
  const { run } = source;
  if (RESERVED.test(branch)) {
    const message = `In the run’s repository ${branch} is reserved: a to e, composition-1 and so on, winner and HEAD follow the run itself.`;
    return [{ code: "branch_reserved", message, remedy: ANOTHER_NAME, paths: [] }];
  }
  const selectable = [
    ...run.variations.map(({ index }) => ({ winner: index })),
    ...run.compositions.map(({ number }) => ({ composition: number })),
  ].map((one) => branchName(run.runId, one, run.prompt));
  const clash = clashOf(branch, [...there.keys(), ...selectable]);
  if (clash !== undefined) return [clashBlocker(branch, clash)];
  const holds = there.get(branch);
  if (holds === undefined || sameTree || isOwn(source, branch, holds)) return [];
  const other = run.landings.findLast((landing) => landing.status === "finished" && landing.outcome.commit === holds);
  const what = other === undefined || isOf(source, other) ? "other work" : "what another variation landed";
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

function isOf({ what }: Source, landing: Landing): boolean {
  return landing.source === what.winner && landing.composition === what.composition;
}

function isOwn(source: Source, branch: string, holds: string): boolean {
  const { run, what, base, snapshots } = source;
  const selected = branch === branchName(run.runId, what, run.prompt);
  if (selected && (holds === base || snapshots.includes(holds) || run.selection?.commit === holds)) return true;
  return run.landings.some(
    (landing) =>
      landing.status === "finished" &&
      landing.kind === "branch" &&
      isOf(source, landing) &&
      landing.outcome.branch === branch &&
      landing.outcome.commit === holds,
  );
}
