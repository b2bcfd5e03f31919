import type { Thread } from "./threads";

/** Lines that somebody spoke about, as they were then. */
export interface SpokenOf {
  commit: string;
  /** Whose tree it was; undefined: the base's, or a composition's. */
  variation: number | undefined;
  path: string;
  /** From 1, both included. */
  from: number;
  to: number;
  quote: string;
}

/** One side of the diff that is shown. */
export interface ShownSide {
  commit: string;
  variation?: number;
  path: string;
  text: string;
}

/** Where a thread stands in the diff that is shown. */
export interface PlacedThread {
  side: "left" | "right";
  /** `exact`: the version that was spoken of. `moved`: the same lines in another version. `outdated`: they are not in it; then both lines are 0. */
  state: "exact" | "moved" | "outdated";
  from: number;
  to: number;
}

const SIDES = ["right", "left"] as const;
/** Where the server cut a long quote. */
const CUT = /\n\[… \d+ characters left out …\]\n/;

/** The lines of a thread; undefined for one about something else. */
export function spokenOf({ sent, drafts }: Thread): SpokenOf | undefined {
  const on = sent[0]?.comment.on;
  if (on !== undefined) {
    if (on.kind !== "lines") return undefined;
    const { commit, variation, path, from, to, quote } = on;
    return { commit, variation, path, from, to, quote };
  }
  const draft = drafts[0];
  if (draft?.on.kind !== "lines") return undefined;
  return { commit: draft.on.at, variation: draft.variation, path: draft.on.path, from: draft.on.from, to: draft.on.to, quote: draft.quote };
}

/**
 * Where a thread belongs in a diff; undefined where neither side shows its file. The very version that it is about comes first, then a version
 * that has the same lines, nearest to where they were; where no version has them the thread stands at the head of its file.
 */
export function placeThread(spoken: SpokenOf, shown: Record<"left" | "right", ShownSide>): PlacedThread | undefined {
  const exact = SIDES.find((side) => shown[side].commit === spoken.commit && shown[side].path === spoken.path);
  if (exact !== undefined) return { side: exact, state: "exact", from: spoken.from, to: spoken.to };
  const paths = [shown.left.path, shown.right.path];
  const own = SIDES.filter((side) => spoken.variation !== undefined && shown[side].variation === spoken.variation);
  if (!paths.includes(spoken.path)) return undefined;
  for (const side of own) {
    const from = findLines(shown[side].text, spoken);
    if (from !== undefined) return { side, state: "moved", from, to: from + spoken.to - spoken.from };
  }
  const [side] = own;
  return side === undefined ? undefined : { side, state: "outdated", from: 0, to: 0 };
}

/** Where the quoted lines begin in a text, nearest to where they were; white space around them may have changed. */
function findLines(text: string, { quote, from }: SpokenOf): number | undefined {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const [head = "", ...cut] = quote.split(CUT);
  const wanted = head.split(/\r?\n/).map((line) => line.trim());
  // Where it was cut is somewhere in a line.
  if (cut.length > 0 && wanted.length > 1) wanted.pop();
  // A brace is everywhere: it says where something is only together with the line's number.
  const telling = wanted.some((line) => /\w/.test(line));
  let best: number | undefined;
  for (let at = 0; at + wanted.length <= lines.length; at += 1) {
    if (!telling && at !== from - 1) continue;
    if (!wanted.every((line, index) => lines[at + index] === line)) continue;
    if (best === undefined || Math.abs(at + 1 - from) < Math.abs(best - from)) best = at + 1;
  }
  return best;
}
