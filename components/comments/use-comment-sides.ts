import { type ContextType, useMemo } from "react";
import { sideCommit, sideLabel } from "@/lib/diff/diff-link";
import type { DiffSide } from "@/lib/diff/diff-side";
import type { RunState } from "@/lib/run/state";
import type { CommentSide, CommentSides } from "./comment-sides";

/** The two sides of a diff for what comments on their lines; the same value as long as they are the same. */
export function useCommentSides(run: RunState, left: DiffSide, right: DiffSide): ContextType<typeof CommentSides> {
  const [one, other] = [describe(run, left), describe(run, right)];
  const key = JSON.stringify([one, other]);
  return useMemo(() => {
    const [from, to] = JSON.parse(key) as (CommentSide | null)[];
    return from == null || to == null ? undefined : { run, left: from, right: to };
  }, [run, key]);
}

function describe(run: RunState, side: DiffSide): CommentSide | null {
  const commit = sideCommit(run, side);
  if (commit === undefined) return null;
  return { commit, label: sideLabel(side), ...(side !== "base" && "variation" in side ? { variation: side.variation } : {}) };
}
