import { allWork } from "./fit-state";
import type { RunState, SnapshotMark, VariationState } from "./state";

/** The commit that a variation stands at: its last snapshot, or the base while it has none. Undefined until the base is pinned. */
export function variationCommit(run: RunState, variation: VariationState): string | undefined {
  return variation.snapshot?.commit ?? run.base?.commit;
}

/** The snapshots that ended a turn, oldest first: turn 1 is the first of them. A retry's end counts on, so that a turn never moves. */
export function turnsOf({ snapshots }: VariationState): SnapshotMark[] {
  return snapshots.filter(({ reason }) => reason !== "tool");
}

/** Every commit that belongs to a run: its base, its snapshots, its compositions, what they are made of and what agents made of them, its selection. Nothing else of the repository is anybody's business here. */
export function runCommits(run: RunState): Set<string> {
  const snapshots = allWork(run).flatMap((work) => work.snapshots.map(({ commit }) => commit));
  const composed = run.compositions.flatMap(({ commits }) => commits);
  return new Set([run.base?.commit, run.selection?.commit, ...snapshots, ...composed].filter((commit) => commit !== undefined));
}

/** The refs under which a run's trees are fetched, and the branch that a clone checks out. */
export interface RunRefs {
  /** Full ref name → commit. */
  refs: ReadonlyMap<string, string>;
  head: string;
}

/** The branch that a composition is fetched as, and its name as a side of a diff. */
export function compositionHead(number: number): string {
  return `composition-${number}`;
}

/** The other way round; undefined for what is no such name. */
export function compositionIn(name: string): number | undefined {
  const [, number] = /^composition-([1-9]\d{0,3})$/.exec(name) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** One head per variation (at the base while there is no work) and per composition, `winner` once selected, a tag per turn. Undefined without a base. */
export function runRefs(run: RunState): RunRefs | undefined {
  if (run.base === undefined) return undefined;
  const refs = new Map<string, string>();
  for (const variation of run.variations) {
    const letter = String.fromCharCode(97 + variation.index);
    refs.set(`refs/heads/${letter}`, variationCommit(run, variation) ?? run.base.commit);
    turnsOf(variation).forEach(({ commit }, index) => refs.set(`refs/tags/${letter}/turn-${index + 1}`, commit));
  }
  for (const { number, snapshot, deleted } of run.compositions) {
    if (snapshot !== undefined && !deleted) refs.set(`refs/heads/${compositionHead(number)}`, snapshot.commit);
  }
  if (run.selection !== undefined) refs.set("refs/heads/winner", run.selection.commit);
  return { refs, head: run.selection === undefined ? "refs/heads/a" : "refs/heads/winner" };
}
