"use client";

import { type ReactElement, useEffect, useMemo, useState } from "react";
import { agentName, modelName } from "@/components/run/spec-words";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import type { RunState } from "@/lib/run/state";
import { FileDiff } from "./file-diff";
import { FileTree } from "./file-tree";
import { SidePicker } from "./side-picker";
import { useDiff, useFileMarks } from "./use-diff-data";
import { type DiffSide, sideCommit, sideLabel, useDiffSides } from "./use-diff-sides";

/** Any two of base and A…E, file by file. */
export function DiffView({ run }: { run: RunState }): ReactElement {
  const { from, to, file, change } = useDiffSides(run);
  const [filesOpen, setFilesOpen] = useState(false);
  const [fromCommit, toCommit] = [sideCommit(run, from), sideCommit(run, to)];
  const diff = useDiff(run.runId, fromCommit, toCommit);
  const marked = useFileMarks(run);
  useSideKeys(run, change);

  const shown = useMemo(() => new Map((diff.data?.files ?? []).map((row) => [row.path, row])), [diff.data]);
  const selected = (file !== undefined && shown.has(file) ? file : undefined) ?? firstShown(marked, shown);
  const row = selected === undefined ? undefined : shown.get(selected);
  const sides = <Sides run={run} from={from} to={to} onChange={change} />;

  return (
    <div className="grid h-full min-h-0 grid-cols-[264px_minmax(0,1fr)] max-[900px]:grid-cols-1">
      <aside
        aria-label="Changed files"
        className={cx(
          "min-h-0 border-line border-r",
          !filesOpen && "max-[900px]:hidden",
          filesOpen && "max-[900px]:col-start-1 max-[900px]:row-start-1",
        )}
      >
        <FileTree
          marked={marked}
          shown={shown}
          selected={selected}
          variations={run.variations.length}
          onSelect={(path) => {
            change({ file: path });
            setFilesOpen(false);
          }}
        />
      </aside>
      <div className={cx("min-h-0 min-w-0", filesOpen && "max-[900px]:hidden")}>
        {row !== undefined && fromCommit !== undefined && toCommit !== undefined ? (
          <FileDiff
            key={row.path}
            runId={run.runId}
            row={row}
            fromCommit={fromCommit}
            toCommit={toCommit}
            sides={sides}
            onFiles={() => setFilesOpen(true)}
          />
        ) : (
          <div className="flex h-full flex-col">
            <div className="flex h-9 shrink-0 items-center border-line border-b px-3 min-[900px]:hidden">
              <Button kind="quiet" onClick={() => setFilesOpen(true)}>
                Files
              </Button>
            </div>
            {sides}
            <Nothing run={run} from={from} to={to} diff={diff} />
          </div>
        )}
      </div>
    </div>
  );
}

function Sides(props: {
  run: RunState;
  from: DiffSide;
  to: DiffSide;
  onChange: (next: { from?: DiffSide; to?: DiffSide }) => void;
}): ReactElement {
  const { run, from, to, onChange } = props;
  const base = run.base;
  const about = (side: DiffSide): string => {
    if (side === "base") return base === undefined ? "" : `${base.branch ?? run.baseRef ?? "base"} @ ${base.commit.slice(0, 7)}`;
    const spec = run.variations[side]?.spec;
    return spec === undefined ? "" : `${agentName(spec)}, ${modelName(spec)}`;
  };
  return (
    <div className="grid shrink-0 grid-cols-2 divide-x divide-line border-line border-b">
      {(["from", "to"] as const).map((which) => {
        const side = which === "from" ? from : to;
        return (
          <div key={which} className="flex h-9 min-w-0 items-center gap-2 px-3">
            <SidePicker
              label={which === "from" ? "Left side" : "Right side"}
              run={run}
              value={side}
              onChange={(next) => onChange({ [which]: next })}
            />
            <span className="min-w-0 truncate font-mono text-[11.5px] text-muted max-[700px]:hidden">{about(side)}</span>
          </div>
        );
      })}
    </div>
  );
}

/** Why there is no file to show. */
function Nothing(props: { run: RunState; from: DiffSide; to: DiffSide; diff: ReturnType<typeof useDiff> }): ReactElement {
  const { run, from, to, diff } = props;
  const missing = [from, to].find((side) => sideCommit(run, side) === undefined);
  if (missing !== undefined) {
    const live = run.status === "starting" || run.status === "running";
    const what = missing === "base" ? "The base is still being fetched." : `${sideLabel(missing)} has not changed anything yet.`;
    return (
      <p className="p-4 text-muted">
        {live ? `${what} Its changes appear here as it works.` : what.replace(" yet", "").replace("still being", "not")}
      </p>
    );
  }
  if (diff.error !== null) {
    return (
      <div role="alert" className="grid justify-items-start gap-2 p-4">
        <p>The changes could not be loaded: {diff.error.message}</p>
        <Button onClick={() => void diff.refetch()}>Try again</Button>
      </div>
    );
  }
  if (diff.isPending) {
    return (
      <p role="status" className="p-4 text-muted">
        Loading the changes…
      </p>
    );
  }
  return (
    <p className="p-4 text-muted">
      {from === to ? "Both sides are the same: choose another one." : `${sideLabel(from)} and ${sideLabel(to)} are the same, file by file.`}
    </p>
  );
}

/** `1–5` choose the right side, with Shift the left one. */
function useSideKeys(run: RunState, change: (next: { from?: DiffSide; to?: DiffSide }) => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (event.target instanceof Element && event.target.closest("input:not([type=checkbox]), textarea, [role=dialog]") !== null) return;
      // The key's place, since Shift turns its character into something else.
      const digit = /^Digit([1-5])$/.exec(event.code)?.[1];
      const index = Number(digit) - 1;
      if (digit === undefined || run.variations[index]?.snapshot === undefined) return;
      event.preventDefault();
      change(event.shiftKey ? { from: index } : { to: index });
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [run.variations, change]);
}

function firstShown(marked: readonly { path: string }[], shown: Map<string, unknown>): string | undefined {
  return marked.find(({ path }) => shown.has(path))?.path ?? shown.keys().next().value;
}
