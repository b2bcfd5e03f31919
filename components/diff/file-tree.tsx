"use client";

import { type KeyboardEvent, type ReactElement, useMemo, useState } from "react";
import { cx } from "@/components/ui/cx";
import type { FileMark, MarkedFile } from "@/lib/diff/file-marks";
import type { FileDiffRow } from "@/lib/protocol/trees";
import { variationLetter } from "@/lib/run/select";

const MARK_WORDS: Record<Exclude<FileMark, "none">, string> = {
  all: "all agree",
  some: "some agree",
  only: "only one",
  conflict: "conflict",
};

export interface FileTreeProps {
  marked: MarkedFile[];
  /** Differences between the two sides shown, by path. */
  shown: Map<string, FileDiffRow>;
  selected: string | undefined;
  variations: number;
  onSelect: (path: string) => void;
}

/** Changed files, folder by folder, with a mark per variation. Arrow keys move, as in a tree. */
export function FileTree({ marked, shown, selected, variations, onSelect }: FileTreeProps): ReactElement {
  const [filter, setFilter] = useState("");
  const files = useMemo(() => marked.filter(({ path }) => path.toLowerCase().includes(filter.trim().toLowerCase())), [marked, filter]);
  const current = files.some(({ path }) => path === selected) ? selected : files[0]?.path;

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = files.findIndex(({ path }) => path === current);
    const next = files[Math.min(files.length - 1, Math.max(0, at + step))];
    if (next === undefined) return;
    onSelect(next.path);
    const list = event.currentTarget;
    requestAnimationFrame(() => list.querySelector<HTMLElement>('[aria-selected="true"]')?.focus());
  };

  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex h-9 shrink-0 items-center gap-2 border-line border-b px-3">
        <h2 className="font-semibold">Files</h2>
        <span className="text-meta text-muted tabular-nums">{marked.length}</span>
      </div>
      <div className="flex h-8 shrink-0 items-center gap-2 border-line border-b px-3">
        <input
          aria-label="Filter files"
          placeholder="Filter files…"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
          className="min-w-0 flex-1 bg-transparent text-meta outline-none placeholder:text-faint"
        />
        <Marks marks={Array.from({ length: variations }, (_, at) => variationLetter(at))} />
      </div>
      {files.length === 0 && <p className="px-3 py-3 text-meta text-muted">No file has this in its path.</p>}
      <div role="tree" aria-label="Changed files" onKeyDown={onKeyDown} className="min-h-0 flex-1 overflow-y-auto py-1">
        {files.map((file, at) => (
          <FileRow
            key={file.path}
            file={file}
            row={shown.get(file.path)}
            isSelected={file.path === selected}
            isReachable={file.path === current}
            folder={folderOf(file.path) === folderOf(files[at - 1]?.path) ? undefined : folderOf(file.path)}
            onSelect={onSelect}
          />
        ))}
      </div>
    </div>
  );
}

interface FileRowProps {
  file: MarkedFile;
  row: FileDiffRow | undefined;
  isSelected: boolean;
  isReachable: boolean;
  folder: string | undefined;
  onSelect: (path: string) => void;
}

function FileRow({ file, row, isSelected, isReachable, folder, onSelect }: FileRowProps): ReactElement {
  const name = file.path.slice(file.path.lastIndexOf("/") + 1);
  return (
    <>
      {folder !== undefined && folder !== "" && (
        <div className="truncate px-3 pt-1.5 pb-0.5 text-[11.5px] text-muted" title={folder}>
          {folder}
        </div>
      )}
      <div
        role="treeitem"
        aria-selected={isSelected}
        aria-label={describe(file, row)}
        tabIndex={isReachable ? 0 : -1}
        title={file.path}
        onClick={() => onSelect(file.path)}
        onKeyDown={(event) => {
          if (event.key === "Enter" || event.key === " ") onSelect(file.path);
        }}
        className={cx(
          "flex h-6 cursor-pointer items-center gap-2 px-3 text-meta hover:bg-hover focus-visible:-outline-offset-2",
          folderOf(file.path) !== "" && "pl-5",
          isSelected && "bg-hover shadow-[inset_2px_0_var(--text)]",
          row === undefined && "text-faint",
        )}
      >
        <span className={cx("min-w-0 flex-1 truncate", row?.status === "deleted" && "line-through")}>{name}</span>
        <FileWord row={row} />
        <Marks marks={file.marks} />
      </div>
    </>
  );
}

function FileWord({ row }: { row: FileDiffRow | undefined }): ReactElement | null {
  if (row?.status === "added") return <span className="text-[11px] text-ok">new</span>;
  if (row?.status === "deleted") return <span className="text-[11px] text-bad">gone</span>;
  if (row?.status === "renamed") return <span className="text-[11px] text-muted">moved</span>;
  return null;
}

/** One column per variation: a letter at the head, a shape per file. Shape and colour say the same. */
function Marks({ marks }: { marks: readonly (FileMark | string)[] }): ReactElement {
  return (
    <span className="flex shrink-0 gap-1" aria-hidden="true">
      {marks.map((mark, at) => (
        <span
          key={variationLetter(at)}
          data-v={variationLetter(at)}
          className="grid size-3.5 place-items-center font-mono font-semibold text-[11px] text-v"
        >
          {mark.length === 1 ? mark : <MarkShape mark={mark as FileMark} />}
        </span>
      ))}
    </span>
  );
}

function MarkShape({ mark }: { mark: FileMark }): ReactElement {
  switch (mark) {
    case "none":
      return <span className="size-[3px] rounded-full bg-faint/50" />;
    case "all":
      return <span className="size-2 rounded-full bg-v" />;
    case "some":
      return <span className="size-2 bg-v" />;
    case "only":
      return <span className="size-2 rotate-45 bg-v" />;
    case "conflict":
      return <span className="text-[12px] leading-none">✕</span>;
  }
}

function describe({ path, marks }: MarkedFile, row: FileDiffRow | undefined): string {
  const letters = marks.flatMap((mark, at) => (mark === "none" ? [] : [variationLetter(at)]));
  const mark = marks.find((one) => one !== "none") ?? "none";
  const agreement = mark === "none" ? "" : `; ${MARK_WORDS[mark]}`;
  return `${path}${row === undefined ? "" : `, ${row.status}`}: changed by ${letters.join(", ")}${agreement}`;
}

function folderOf(path: string | undefined): string | undefined {
  return path?.slice(0, Math.max(0, path.lastIndexOf("/")));
}
