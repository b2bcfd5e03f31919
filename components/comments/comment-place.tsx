"use client";

import type { ReactElement } from "react";
import { writeDiffLink } from "@/lib/diff/diff-link";
import type { DiffSide } from "@/lib/diff/diff-side";
import type { RunState } from "@/lib/run/state";
import { Address } from "./address";

/** What a comment is about, sent or not. */
type Spot =
  | { kind: "lines"; path: string; from: number; to: number; commit: string; variation?: number }
  | { kind: "item"; seq: number; title: string };

/** Leads to what a comment is about, in the version that it is about. */
export function CommentPlace({ run, on }: { run: RunState; on: Spot }): ReactElement {
  const look = "min-w-0 flex-1 truncate text-left font-mono text-[11.5px] hover:underline";
  if (on.kind === "item") {
    return (
      <a href={`#event=${on.seq}`} className={look} title={on.title}>
        {on.title}
      </a>
    );
  }
  const lines = `${on.path}:${on.from}${on.to === on.from ? "" : `–${on.to}`}`;
  const query = new URLSearchParams({ tab: "diff" });
  const right = sideOf(run, on);
  writeDiffLink(query, {
    left: "base",
    ...(right === undefined ? {} : { right }),
    file: on.path,
    line: { side: right === undefined ? "left" : "right", number: on.from },
  });
  return (
    <Address query={query} className={look} title={lines}>
      {lines}
    </Address>
  );
}

/** The side that shows a commit: a variation as it is now, one of its snapshots, or a composition; undefined: the base. */
function sideOf(run: RunState, { commit, variation }: { commit: string; variation?: number }): DiffSide | undefined {
  if (variation === undefined) {
    const composition = run.compositions.find(({ commits, deleted }) => !deleted && commits.includes(commit));
    return composition === undefined ? undefined : { composition: composition.number };
  }
  const { snapshot, snapshots = [] } = run.variations[variation] ?? {};
  if (snapshot?.commit === commit) return { variation };
  const at = snapshots.findIndex((mark) => mark.commit === commit);
  return at < 0 ? { variation } : { variation, snapshot: at + 1 };
}
