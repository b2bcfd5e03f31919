"use client";

import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { CommentSides } from "@/components/comments/comment-sides";
import { useCommentSides } from "@/components/comments/use-comment-sides";
import { cx } from "@/components/ui/cx";
import { type DiffLine, sideCommit, sideLabel } from "@/lib/diff/diff-link";
import { filesInOrder, joinFiles } from "@/lib/diff/file-tree";
import { viewedKey } from "@/lib/diff/viewed-files";
import type { FileDiffRow } from "@/lib/protocol/trees";
import type { RunState } from "@/lib/run/state";
import type { ChangePosition, DiffEditorHandle, DiffStart } from "./diff-editor";
import { AsOf, NothingToShow, SameOnBothSides } from "./diff-states";
import { FileDiff } from "./file-diff";
import { FileHead } from "./file-head";
import { FileTree } from "./file-tree";
import { Sides } from "./side-picker";
import { prefetchFile, useDiff, useFileMarks } from "./use-diff-data";
import { useDiffKeys } from "./use-diff-keys";
import { useDiffSides } from "./use-diff-sides";
import { useNarrow } from "./use-narrow";
import { viewSettings } from "./view-settings";
import { setViewed, viewedFiles } from "./viewed";

const NONE: readonly FileDiffRow[] = [];

/** Any two of base, A…E and what they were before, file by file. */
export function DiffView({ run }: { run: RunState }): ReactElement {
  const { left, right, file, line, change } = useDiffSides(run);
  const [filesOpen, setFilesOpen] = useState(false);
  const [start, setStart] = useState<DiffStart>("first");
  const [changes, setChanges] = useState<ChangePosition>({ count: 0, current: 0 });
  const editor = useRef<DiffEditorHandle>(undefined);
  const narrow = useNarrow();
  const [from, to] = [sideCommit(run, left), sideCommit(run, right)];
  const diff = useDiff(run.runId, from, to);
  const marked = useFileMarks(run);
  const shown = from === undefined || to === undefined ? NONE : (diff.data?.files ?? NONE);
  const count = run.variations.length;
  const files = useMemo(() => joinFiles(marked.files, shown, count), [marked.files, shown, count]);
  const order = useMemo(() => filesInOrder(files), [files]);
  const chosen = files.find(({ path }) => path === file) ?? files.find(({ path }) => path === order[0]);
  const row = chosen?.row;
  usePrefetchNeighbour(run.runId, shown, order, row?.path);
  const names = { left: sideLabel(left), right: sideLabel(right) };
  const sides = useCommentSides(run, left, right);

  const open = useCallback(
    (path: string, at: DiffStart = "first"): void => {
      setStart(at);
      setFilesOpen(false);
      change({ file: path });
    },
    [change],
  );
  const onFile = (direction: "next" | "previous", at: DiffStart = "first"): void => {
    const index = chosen === undefined ? -1 : order.indexOf(chosen.path);
    const next = order[index + (direction === "next" ? 1 : -1)];
    if (next !== undefined) open(next, at);
  };
  const onStep = (direction: "next" | "previous"): void => {
    // What the editor holds while a picture is shown is another file's.
    if (changes.count > 0 && editor.current?.step(direction) === true) return;
    onFile(direction, direction === "next" ? "first" : "last");
  };
  const onLine = useCallback((next: DiffLine) => change({ line: next }), [change]);
  const { side: lineSide, number: lineNumber } = line ?? {};
  useEffect(() => {
    if (lineSide !== undefined && lineNumber !== undefined) editor.current?.goTo({ side: lineSide, number: lineNumber });
  }, [lineSide, lineNumber]);

  useDiffKeys({
    onStep,
    onFile,
    onViewed: () => row !== undefined && setViewed(row, !viewedFiles.get().has(viewedKey(row))),
    onSwap: () => change({ left: right, right: left }),
    onInline: () => viewSettings.set({ ...viewSettings.get(), sideBySide: !viewSettings.get().sideBySide }),
    onFilter: () => {
      setFilesOpen(true);
      requestAnimationFrame(() => document.querySelector<HTMLElement>("[data-diff-filter]")?.focus());
    },
    onSide: (variation, which) => {
      if (run.variations[variation]?.snapshot !== undefined) change({ [which]: { variation } });
    },
  });

  const pickers = (
    <>
      <Sides run={run} left={left} right={right} onChange={change} />
      <AsOf run={run} sides={[left, right]} />
    </>
  );
  return (
    <div className="grid h-full min-h-0 grid-cols-[clamp(264px,25vw,344px)_minmax(0,1fr)] max-[900px]:grid-cols-1">
      <aside
        aria-label="Changed files"
        className={cx(
          "min-h-0 min-w-0 border-line border-r max-[900px]:col-start-1 max-[900px]:row-start-1",
          !filesOpen && "max-[900px]:hidden",
        )}
      >
        <FileTree files={files} selected={chosen?.path} variations={count} isPending={diff.isLoading || marked.isPending} onSelect={open} />
      </aside>
      <div className={cx("min-h-0 min-w-0", filesOpen && "max-[900px]:hidden")}>
        {row !== undefined ? (
          <CommentSides value={sides}>
            <FileDiff
              runId={run.runId}
              row={row}
              sides={names}
              start={line ?? start}
              narrow={narrow}
              onChanges={setChanges}
              onLine={onLine}
              editorRef={editor}
              pickers={pickers}
              head={
                <FileHead
                  runId={run.runId}
                  row={row}
                  sides={names}
                  changes={changes}
                  files={files.length}
                  narrow={narrow}
                  onFiles={() => setFilesOpen(true)}
                  onStep={onStep}
                  onAccessibleViewer={() => editor.current?.openAccessibleViewer()}
                />
              }
            />
          </CommentSides>
        ) : chosen !== undefined && !diff.isLoading && diff.error === null ? (
          <SameOnBothSides
            file={chosen}
            names={names}
            pickers={pickers}
            onFiles={() => setFilesOpen(true)}
            onCompare={(variation: number) => change({ left: "base", right: { variation }, file: chosen.path })}
          />
        ) : (
          <NothingToShow run={run} left={left} right={right} diff={diff} pickers={pickers} />
        )}
      </div>
    </div>
  );
}

/** The file after this one is there when one goes on. */
function usePrefetchNeighbour(runId: string, rows: readonly FileDiffRow[], order: readonly string[], path: string | undefined): void {
  const client = useQueryClient();
  useEffect(() => {
    const next = path === undefined ? undefined : order[order.indexOf(path) + 1];
    const row = next === undefined ? undefined : rows.find((one) => one.path === next);
    if (row === undefined) return;
    const timer = setTimeout(() => prefetchFile(client, runId, row), 300);
    return () => clearTimeout(timer);
  }, [client, runId, rows, order, path]);
}
