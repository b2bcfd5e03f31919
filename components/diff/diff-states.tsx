"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactElement, ReactNode } from "react";
import { useNow } from "@/components/run/now";
import { Button } from "@/components/ui/button";
import { sameSide, sideCommit, sideLabel } from "@/lib/diff/diff-link";
import { type DiffSide, variationIn } from "@/lib/diff/diff-side";
import type { TreeFile } from "@/lib/diff/file-tree";
import { formatElapsed } from "@/lib/format";
import type { DiffResponse } from "@/lib/protocol/trees";
import { variationLetter } from "@/lib/run/select";
import { isTerminal, type RunState } from "@/lib/run/state";
import { Skeleton } from "./skeleton";

/** How old what is shown is, where a side is still being worked on. */
export function AsOf({ run, sides }: { run: RunState; sides: readonly DiffSide[] }): ReactElement | null {
  const now = useNow();
  const live = sides.flatMap((side) => {
    const { variation: index, turn, snapshot } = variationIn(side) ?? {};
    if (index === undefined || turn !== undefined || snapshot !== undefined) return [];
    const variation = run.variations[index];
    const at = variation?.snapshots.at(-1)?.at;
    return variation === undefined || isTerminal(variation.status) || at === undefined ? [] : [{ letter: sideLabel(side), at }];
  });
  if (live.length === 0) return null;
  return (
    <p className="shrink-0 border-line border-b px-3 py-1 text-meta text-muted tabular-nums">
      {live.map(({ letter, at }) => `${letter} as of ${formatElapsed(now - at)} ago`).join(", ")}. It is still working: this refreshes with
      each snapshot.
    </p>
  );
}

interface NothingProps {
  run: RunState;
  left: DiffSide;
  right: DiffSide;
  diff: UseQueryResult<DiffResponse>;
  pickers: ReactNode;
}

/** Why there is no file to show. */
export function NothingToShow({ run, left, right, diff, pickers }: NothingProps): ReactElement {
  return (
    <section aria-label="Diff" className="flex h-full flex-col">
      {pickers}
      <div className="relative min-h-0 flex-1">
        <Why run={run} left={left} right={right} diff={diff} />
      </div>
    </section>
  );
}

function Why({ run, left, right, diff }: Omit<NothingProps, "pickers">): ReactElement {
  const missing = [left, right].find((side) => sideCommit(run, side) === undefined);
  if (missing !== undefined) return <Words>{missingWords(run, missing)}</Words>;
  if (diff.error !== null) {
    return (
      <div role="alert" className="grid justify-items-start gap-2 p-4">
        <p className="[overflow-wrap:anywhere]">The changes could not be loaded: {diff.error.message}</p>
        <Button onClick={() => void diff.refetch()}>Try again</Button>
      </div>
    );
  }
  if (diff.isPending) return <Skeleton what="the changes" />;
  if (sameSide(left, right)) return <Words>Both sides are {sideLabel(left)}: choose another one.</Words>;
  const variation = left === "base" ? run.variations[variationIn(right)?.variation ?? -1] : undefined;
  if (variation !== undefined) {
    const letter = sideLabel(right);
    return <Words>{isTerminal(variation.status) ? `${letter} changed nothing.` : `${letter} has not changed anything yet.`}</Words>;
  }
  return (
    <Words>
      {sideLabel(left)} and {sideLabel(right)} are the same, file by file.
    </Words>
  );
}

function missingWords(run: RunState, side: DiffSide): string {
  const live = !isTerminal(run.status);
  if (side === "base") {
    return live
      ? "The base is still being fetched. Changes appear here as the agents work."
      : "The base was not fetched: there is nothing to compare.";
  }
  if ("composition" in side) return `There is no ${sideLabel(side)}: choose another side.`;
  const variation = run.variations[side.variation];
  const letter = sideLabel(side);
  if (variation !== undefined && (side.turn !== undefined || side.snapshot !== undefined))
    return `There is no ${letter}: choose another state.`;
  if (variation !== undefined && isTerminal(variation.status)) {
    return variation.status === "failed" ? `${letter} failed before it changed anything.` : `${letter} changed nothing.`;
  }
  return `${letter} has not changed anything yet. Its changes appear here as it works.`;
}

function Words({ children }: { children: ReactNode }): ReactElement {
  return <p className="p-4 text-muted">{children}</p>;
}

interface SameProps {
  file: TreeFile;
  names: { left: string; right: string };
  pickers: ReactNode;
  onFiles: () => void;
  onCompare: (variation: number) => void;
}

/** A file that others changed: between these two sides there is nothing to see. */
export function SameOnBothSides({ file, names, pickers, onFiles, onCompare }: SameProps): ReactElement {
  const touched = file.marks.flatMap((mark, at) => (mark === "none" ? [] : [at]));
  return (
    <section aria-label={`Diff of ${file.path}`} className="flex h-full flex-col">
      <header className="flex min-h-9 shrink-0 items-center gap-2 border-line border-b px-3 py-1">
        <Button onClick={onFiles} className="min-[900px]:hidden">
          Files
        </Button>
        <h2 className="min-w-0 truncate font-mono font-normal text-meta">{file.path}</h2>
      </header>
      {pickers}
      <div className="grid justify-items-start gap-3 p-4">
        <p className="text-muted [overflow-wrap:anywhere]">
          {file.path} is the same in {names.left} and {names.right}.
        </p>
        <div className="flex flex-wrap gap-2">
          {touched.map((variation) => (
            <Button key={variation} onClick={() => onCompare(variation)}>
              Compare base and {variationLetter(variation)}
            </Button>
          ))}
        </div>
      </div>
    </section>
  );
}
