"use client";

import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { CommentSides } from "@/components/comments/comment-sides";
import { useCommentSides } from "@/components/comments/use-comment-sides";
import { useOpenComments } from "@/components/comments/use-open-comments";
import { useCommands } from "@/components/palette/registry";
import { cx } from "@/components/ui/cx";
import { useStored } from "@/lib/client/stored-value";
import { type DiffLine, sideCommit, sideLabel } from "@/lib/diff/diff-link";
import { variationIn } from "@/lib/diff/diff-side";
import { clashWords, divergingFiles, filesInOrder, joinFiles, type TreeFile } from "@/lib/diff/file-tree";
import { viewedKey } from "@/lib/diff/viewed-files";
import type { FileDiffRow } from "@/lib/protocol/trees";
import type { RunState } from "@/lib/run/state";
import type { ChangePosition, DiffEditorHandle, DiffStart } from "./diff-editor";
import { AsOf, NothingToShow, SameOnBothSides } from "./diff-states";
import { FileDiff } from "./file-diff";
import { FileHead } from "./file-head";
import { FileTree } from "./file-tree";
import { HunkMap } from "./hunk-map";
import { MatrixView } from "./matrix-view";
import { Sides } from "./side-picker";
import { prefetchFile, useDiff, useRunMap } from "./use-diff-data";
import { useDiffKeys } from "./use-diff-keys";
import { useDiffSides } from "./use-diff-sides";
import { useHunkMap } from "./use-hunk-map";
import { useNarrow } from "./use-media";
import { viewSettings } from "./view-settings";
import { setViewed, viewedFiles } from "./viewed";

const NONE: readonly FileDiffRow[] = [];
const NO_NOTES: readonly string[] = [];

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
  const map = useRunMap(run);
  const { likeness } = useStored(viewSettings);
  const [diverging, setDiverging] = useState(false);
  const [matrix, setMatrix] = useState(false);
  const shown = from === undefined || to === undefined ? NONE : (diff.data?.files ?? NONE);
  const variations = run.variations.length;
  const changedBy = left === "base" ? variationIn(right)?.variation : undefined;
  const files = useMemo(
    () => joinFiles({ mapped: map.data?.files, outdated: map.isPlaceholderData, likeness, shown, variations, changedBy }),
    [map.data, map.isPlaceholderData, likeness, shown, variations, changedBy],
  );
  const order = useMemo(() => filesInOrder(diverging ? divergingFiles(files) : files), [files, diverging]);
  const chosen =
    files.find(({ path }) => path === file) ??
    files.find(({ origin }) => origin !== undefined && origin === file) ??
    files.find(({ path }) => path === order[0]);
  const row = chosen?.row;
  usePrefetchNeighbour(run.runId, shown, order, row?.path);
  const names = { left: sideLabel(left), right: sideLabel(right) };
  const sides = useCommentSides(run, left, right);
  const comments = useOpenComments(run);

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

  const onMatrix = (): void => {
    if (variations < 2) return;
    setMatrix(!matrix);
    // Who opened it is where one goes on.
    if (matrix) requestAnimationFrame(() => document.querySelector<HTMLElement>("[data-matrix-button]")?.focus());
  };
  const onCell = useCallback(
    ({ path, origin }: TreeFile, variation: number | undefined): void => {
      setMatrix(false);
      setStart("first");
      const hasTree = variation !== undefined && run.variations[variation]?.snapshot !== undefined;
      change({ file: origin ?? path, ...(hasTree ? { left: "base", right: { variation } } : {}) });
    },
    [change, run.variations],
  );
  const hunks = useHunkMap({ run, left, right, file: chosen, isSettled: !diff.isPlaceholderData, line, change });
  useCommands(
    variations < 2
      ? []
      : [
          { id: "diff-hunks", title: "Hunk map", group: "Diff", keywords: ["agree", "conflict"], run: hunks.toggle },
          { id: "diff-matrix", title: "Matrix of files and variations", group: "Diff", keywords: ["map", "grid", "agree"], run: onMatrix },
          { id: "diff-diverging", title: "Only what diverges", group: "Diff", keywords: ["filter"], run: () => setDiverging(!diverging) },
        ],
  );

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
    onDiverging: () => variations > 1 && setDiverging(!diverging),
    onHunks: hunks.toggle,
    onMatrix,
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
    <div
      className={cx(
        "relative grid h-full min-h-0 max-[900px]:grid-cols-1",
        hunks.isOpen
          ? "grid-cols-[clamp(264px,25vw,344px)_minmax(0,1fr)] min-[1200px]:grid-cols-[288px_minmax(0,1fr)_288px]"
          : "grid-cols-[clamp(264px,25vw,344px)_minmax(0,1fr)]",
      )}
    >
      <aside
        aria-label="Changed files"
        className={cx(
          "min-h-0 min-w-0 border-line border-r max-[900px]:col-start-1 max-[900px]:row-start-1",
          !filesOpen && "max-[900px]:hidden",
        )}
      >
        <FileTree
          files={files}
          selected={chosen?.path}
          variations={variations}
          isPending={diff.isLoading || map.isExpected}
          failure={map.error === null ? undefined : { message: map.error.message, retry: () => void map.refetch() }}
          diverging={diverging}
          onDiverging={setDiverging}
          onMatrix={variations < 2 ? undefined : onMatrix}
          comments={comments}
          onSelect={open}
        />
      </aside>
      <div className={cx("min-h-0 min-w-0", filesOpen && "max-[900px]:hidden")}>
        {row !== undefined ? (
          <CommentSides value={diff.isPlaceholderData ? undefined : sides}>
            <FileDiff
              runId={run.runId}
              row={row}
              notes={chosen?.clash === undefined ? NO_NOTES : [`Path clash: ${clashWords(chosen.clash)}`]}
              sides={names}
              start={line ?? start}
              jump={hunks.jump}
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
                  hunks={variations < 2 ? undefined : { count: chosen?.hunks ?? 0, open: hunks.isOpen, onToggle: hunks.toggle }}
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
      {matrix && (
        <div className="absolute inset-0 z-30">
          <MatrixView
            files={files}
            variations={variations}
            selected={chosen?.path}
            diverging={diverging}
            onDiverging={setDiverging}
            onOpen={onCell}
            onClose={onMatrix}
          />
        </div>
      )}
      {hunks.isOpen && (
        <>
          {/* Where it lies over the diff, a press beside it closes it. */}
          <div aria-hidden="true" onClick={hunks.close} className="absolute inset-0 z-20 bg-bg/60 min-[1200px]:hidden" />
          <aside
            aria-label="Hunk map"
            className="min-h-0 min-w-0 border-line border-l bg-bg max-[1199px]:absolute max-[1199px]:inset-y-0 max-[1199px]:right-0 max-[1199px]:z-20 max-[1199px]:w-[min(320px,calc(100%-32px))] max-[1199px]:border-line-strong"
          >
            <HunkMap
              run={run}
              path={chosen?.origin}
              right={variationIn(right)?.variation}
              current={left === "base" ? changes.left : undefined}
              diverging={diverging}
              onGo={hunks.go}
              onCompare={hunks.compare}
              onClose={hunks.close}
            />
          </aside>
        </>
      )}
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
