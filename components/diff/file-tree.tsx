"use client";

import { type KeyboardEvent, type ReactElement, useEffect, useMemo, useRef, useState } from "react";
import type { OpenComments } from "@/components/comments/threads";
import { Button } from "@/components/ui/button";
import { useStored } from "@/lib/client/stored-value";
import type { Mark } from "@/lib/compare/mark";
import {
  divergingFiles,
  filterFiles,
  GENERATED_GROUP,
  groupOf,
  type TreeFile,
  type TreeRow,
  treeRows,
  typeAhead,
} from "@/lib/diff/file-tree";
import { viewedKey } from "@/lib/diff/viewed-files";
import { TreeFoot } from "./tree-foot";
import { TreeHead } from "./tree-head";
import { TREE_ROW_HEIGHT, TreeLine } from "./tree-line";
import { isTypeAhead } from "./use-diff-keys";
import { useVisibleRows } from "./use-visible-rows";
import { viewedFiles } from "./viewed";

const TYPE_AHEAD_MS = 700;

export interface FileTreeProps {
  files: TreeFile[];
  selected: string | undefined;
  variations: number;
  isPending: boolean;
  /** Why how far they agree is not known, if it should be. */
  failure: { message: string; retry: () => void } | undefined;
  /** What all variations agree on is left out. */
  diverging: boolean;
  onDiverging: (diverging: boolean) => void;
  /** Undefined where there is nothing to compare. */
  onMatrix: (() => void) | undefined;
  /** By path, what is open about a file. */
  comments: ReadonlyMap<string, OpenComments>;
  onSelect: (path: string) => void;
}

/** Changed files, folder by folder, with a mark per variation. Keys as in any tree: arrows, Home, End, Enter, the beginning of a name. */
export function FileTree(props: FileTreeProps): ReactElement {
  const { files, selected, variations, isPending, failure, diverging, onDiverging, onMatrix, comments, onSelect } = props;
  const [text, setText] = useState("");
  const [mark, setMark] = useState<Mark>();
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [generatedOpen, setGeneratedOpen] = useState(false);
  const [activeKey, setActiveKey] = useState<string>();
  const [walked, setWalked] = useState(false);
  const viewed = useStored(viewedFiles);
  const list = useRef<HTMLDivElement>(null);
  const typed = useRef({ text: "", at: 0 });

  const listed = useMemo(() => (diverging ? divergingFiles(files) : files), [files, diverging]);
  const filtered = useMemo(() => filterFiles(listed, { text, mark }), [listed, text, mark]);
  // What is looked for is shown, folded or not.
  const rows = useMemo(
    () => treeRows(filtered, text === "" ? closed : new Set(), generatedOpen || text !== ""),
    [filtered, closed, generatedOpen, text],
  );
  const keyOfSelected = selected === undefined ? undefined : `file:${selected}`;
  const active = Math.max(0, indexOf(rows, activeKey) ?? indexOf(rows, keyOfSelected) ?? 0);
  const { from, to } = useVisibleRows(list, rows.length, TREE_ROW_HEIGHT);
  useSelectedInSight(list, rows, files, selected, (key) =>
    key === GENERATED_GROUP ? setGeneratedOpen(true) : setClosed((before) => without(before, key)),
  );

  const focusRow = (index: number): void => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, index))];
    if (row === undefined) return;
    setActiveKey(row.key);
    setWalked(true);
    scrollTo(list.current, rows.indexOf(row));
    // A row that was out of sight is there after the next rendering.
    requestAnimationFrame(() =>
      list.current?.querySelector<HTMLElement>('[role="treeitem"][tabindex="0"]')?.focus({ preventScroll: true }),
    );
  };
  const fold = (row: TreeRow, open: boolean): void => {
    if (row.kind !== "group") return;
    if (row.generated) setGeneratedOpen(open);
    else setClosed((before) => (open ? without(before, row.key) : new Set(before).add(row.key)));
  };
  const activate = (row: TreeRow): void => {
    setActiveKey(row.key);
    if (row.kind === "group") fold(row, !row.open);
    else onSelect(row.file.path);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[active];
    if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const moves: Record<string, () => void> = {
      ArrowDown: () => focusRow(active + 1),
      ArrowUp: () => focusRow(active - 1),
      PageDown: () => focusRow(active + 15),
      PageUp: () => focusRow(active - 15),
      Home: () => focusRow(0),
      End: () => focusRow(rows.length - 1),
      Enter: () => activate(row),
      " ": () => activate(row),
      ArrowRight: () => (row.kind === "group" && !row.open ? fold(row, true) : row.kind === "group" && focusRow(active + 1)),
      ArrowLeft: () => {
        if (row.kind === "group") fold(row, false);
        else focusRow(rows.findIndex(({ key }) => key === groupOf(row.file)));
      },
    };
    const move = moves[event.key];
    if (move !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      move();
      return;
    }
    const found = isTypeAhead(event.target, event.key) ? lookFor(event, active) : undefined;
    if (found !== undefined) focusRow(found);
  };

  function lookFor(event: KeyboardEvent, at: number): number | undefined {
    const fresh = event.timeStamp - typed.current.at > TYPE_AHEAD_MS;
    typed.current = { text: fresh ? event.key : typed.current.text + event.key, at: event.timeStamp };
    event.preventDefault();
    event.stopPropagation();
    return typeAhead(rows, at, typed.current.text);
  }

  const drawn = rows.slice(from, to).map((row, at) => ({ row, index: from + at }));
  const activeRow = rows[active];
  if (activeRow !== undefined && (active < from || active >= to)) drawn.push({ row: activeRow, index: active });
  return (
    <div className="@container flex h-full min-h-0 flex-col">
      <TreeHead
        files={files}
        variations={variations}
        text={text}
        mark={mark}
        count={listed.length}
        diverging={diverging}
        onText={setText}
        onMark={setMark}
        onDiverging={onDiverging}
        onMatrix={onMatrix}
        onDown={() => focusRow(active)}
      />
      {failure !== undefined && (
        <div role="alert" className="grid shrink-0 justify-items-start gap-1.5 border-line border-b px-3 py-2 text-meta">
          <p className="[overflow-wrap:anywhere]">How far the variations agree could not be found out: {failure.message}</p>
          <Button onClick={failure.retry}>Try again</Button>
        </div>
      )}
      <TreeNothing count={files.length} agreed={diverging && listed.length === 0} shown={rows.length} isPending={isPending} />
      <div ref={list} className="min-h-0 flex-1 overflow-y-auto py-1">
        {rows.length > 0 && (
          <div
            role="tree"
            aria-label="Changed files"
            data-walked={walked ? "" : undefined}
            onPointerDown={() => setWalked(false)}
            onKeyDown={onKeyDown}
            className="relative"
            style={{ height: rows.length * TREE_ROW_HEIGHT }}
          >
            {drawn.map(({ row, index }) => (
              <TreeLine
                key={row.key}
                row={row}
                index={index}
                count={rows.length}
                isSelected={row.key === keyOfSelected}
                isReachable={index === active}
                isViewed={row.kind === "file" && row.file.row !== undefined && viewed.has(viewedKey(row.file.row))}
                comments={row.kind === "file" ? commentsOn(comments, row.file) : undefined}
                onActivate={activate}
              />
            ))}
          </div>
        )}
      </div>
      <TreeFoot files={files} variations={variations} />
    </div>
  );
}

/** Spoken of under the name that it has now, or had in the base. */
function commentsOn(comments: FileTreeProps["comments"], { path, origin }: TreeFile): OpenComments | undefined {
  return comments.get(path) ?? (origin === undefined ? undefined : comments.get(origin));
}

interface TreeNothingProps {
  count: number;
  /** Nothing is left since all variations agree. */
  agreed: boolean;
  shown: number;
  isPending: boolean;
}

function TreeNothing({ count, agreed, shown, isPending }: TreeNothingProps): ReactElement | null {
  if (shown > 0) return null;
  if (count > 0 && agreed) return <p className="px-3 py-3 text-meta text-muted">All variations agree on every file.</p>;
  if (count > 0) return <p className="px-3 py-3 text-meta text-muted">No file matches.</p>;
  if (!isPending) return null;
  return (
    <div role="status" className="grid gap-2.5 px-3 py-3">
      <span className="sr-only">Loading the files…</span>
      {[60, 45, 75, 50, 66].map((width) => (
        <div key={width} aria-hidden="true" className="h-[11px] rounded-sm bg-hover" style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}

/** A file that was chosen elsewhere comes into sight: its folder is opened and the list scrolled. */
function useSelectedInSight(
  list: { current: HTMLElement | null },
  rows: TreeRow[],
  files: TreeFile[],
  selected: string | undefined,
  open: (group: string) => void,
): void {
  const seen = useRef<string>(undefined);
  useEffect(() => {
    if (selected === undefined || seen.current === selected) return;
    const index = indexOf(rows, `file:${selected}`);
    if (index !== undefined) {
      seen.current = selected;
      scrollTo(list.current, index);
      return;
    }
    const file = files.find(({ path }) => path === selected);
    const group = file && groupOf(file);
    if (group !== undefined && indexOf(rows, group) !== undefined) open(group);
  });
}

function indexOf(rows: readonly TreeRow[], key: string | undefined): number | undefined {
  const at = key === undefined ? -1 : rows.findIndex((row) => row.key === key);
  return at === -1 ? undefined : at;
}

function without(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(keys);
  next.delete(key);
  return next;
}

/** As little as brings the row into sight. */
function scrollTo(list: HTMLElement | null, index: number): void {
  if (list === null || index < 0) return;
  const top = index * TREE_ROW_HEIGHT;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + TREE_ROW_HEIGHT + 8 > list.scrollTop + list.clientHeight) list.scrollTop = top + TREE_ROW_HEIGHT + 8 - list.clientHeight;
}
