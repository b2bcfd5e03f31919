"use client";

import { X } from "lucide-react";
import { type FocusEvent, type KeyboardEvent, memo, type ReactElement, useEffect, useMemo, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Letter } from "@/components/variation/letter";
import { divergingFiles, type FileMark, type TreeFile } from "@/lib/diff/file-tree";
import { variationLetter } from "@/lib/run/select";
import { MARK_WORDS, MarkShape } from "./mark-shape";
import { useVisibleRows } from "./use-visible-rows";

/** px, of every row. */
const ROW = 32;

interface MatrixViewProps {
  files: readonly TreeFile[];
  variations: number;
  /** The file that the diff shows. */
  selected: string | undefined;
  diverging: boolean;
  onDiverging: (diverging: boolean) => void;
  /** Shows a file in the diff; without a variation as it was looked at last. */
  onOpen: (file: TreeFile, variation: number | undefined) => void;
  onClose: () => void;
}

/** Column 0 is the file, the others are the variations. */
interface Place {
  row: number;
  column: number;
}

/** Files by variations, with the four marks: what the tree says, with room, and every cell leads to its diff. */
export function MatrixView(props: MatrixViewProps): ReactElement {
  const { files, variations, selected, diverging, onDiverging, onOpen, onClose } = props;
  const rows = useMemo(() => (diverging ? divergingFiles(files) : files), [files, diverging]);
  const [at, setAt] = useState<Place>({
    row: Math.max(
      0,
      rows.findIndex(({ path }) => path === selected),
    ),
    column: 0,
  });
  const list = useRef<HTMLDivElement>(null);
  const { from, to } = useVisibleRows(list, rows.length, ROW);
  const place = { row: Math.min(at.row, Math.max(0, rows.length - 1)), column: Math.min(at.column, variations) };

  const focusAt = (next: Place): void => {
    const row = Math.min(rows.length - 1, Math.max(0, next.row));
    setAt({ row, column: Math.min(variations, Math.max(0, next.column)) });
    scrollTo(list.current, row);
    // A row that was out of sight is there after the next rendering.
    requestAnimationFrame(() =>
      list.current?.querySelector<HTMLElement>('[data-matrix-cell][tabindex="0"]')?.focus({ preventScroll: true }),
    );
  };
  // Opened by a key or a button: the grid is where one goes on.
  const begin = useRef(() => focusAt(place));
  useEffect(() => begin.current(), []);

  // Pressed, or reached in another way: arrows go on from there.
  const onFocus = ({ target }: FocusEvent): void => {
    const [row, column] = (target instanceof HTMLElement ? (target.dataset.matrixCell ?? "") : "").split(" ").map(Number);
    if (row !== undefined && column !== undefined && (row !== place.row || column !== place.column)) setAt({ row, column });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { row, column } = place;
    const moves: Record<string, () => void> = {
      ArrowDown: () => focusAt({ row: row + 1, column }),
      ArrowUp: () => focusAt({ row: row - 1, column }),
      PageDown: () => focusAt({ row: row + 15, column }),
      PageUp: () => focusAt({ row: row - 15, column }),
      ArrowRight: () => focusAt({ row, column: column + 1 }),
      ArrowLeft: () => focusAt({ row, column: column - 1 }),
      Home: () => focusAt({ row: event.shiftKey ? 0 : row, column: 0 }),
      End: () => focusAt({ row: event.shiftKey ? rows.length - 1 : row, column: variations }),
      Escape: onClose,
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  };

  const drawn = rows.slice(from, to).map((file, index) => ({ file, index: from + index }));
  const active = rows[place.row];
  if (active !== undefined && (place.row < from || place.row >= to)) drawn.push({ file: active, index: place.row });
  const columns = { gridTemplateColumns: `minmax(0, 1fr) repeat(${variations}, var(--cell))` };
  return (
    <section
      aria-label="Matrix of files and variations"
      onKeyDown={onKeyDown}
      className="flex h-full min-h-0 flex-col bg-bg [--cell:44px] min-[900px]:[--cell:116px]"
    >
      <div className="flex h-9 shrink-0 items-center gap-2 border-line border-b px-3">
        <h2 className="font-semibold">Matrix</h2>
        <span className="text-meta text-muted tabular-nums">
          {rows.length < files.length ? `${rows.length} of ${files.length} files` : files.length === 1 ? "1 file" : `${files.length} files`}
        </span>
        <span className="flex-1" />
        <label className="flex cursor-pointer items-center gap-1.5 whitespace-nowrap text-meta text-muted hover:text-text">
          <input
            type="checkbox"
            checked={diverging}
            onChange={({ target }) => onDiverging(target.checked)}
            className="accent-(--primary)"
          />
          Only what diverges
        </label>
        <Button kind="quiet" size="icon" aria-label="Close the matrix" title="Close  Esc" onClick={onClose}>
          <X aria-hidden="true" size={14} />
        </Button>
      </div>
      {rows.length === 0 ? (
        <p className="px-3 py-3 text-meta text-muted">
          {files.length === 0 ? "No variation has changed a file yet." : "All variations agree on every file."}
        </p>
      ) : (
        <div
          ref={list}
          role="grid"
          aria-label="Files and variations"
          aria-rowcount={rows.length + 1}
          aria-colcount={variations + 1}
          onFocus={onFocus}
          className="min-h-0 flex-1 overflow-y-auto"
        >
          <div
            role="row"
            aria-rowindex={1}
            style={{ ...columns, height: ROW }}
            className="sticky top-0 z-10 grid border-line border-b bg-bg"
          >
            <span role="columnheader" className="flex items-center px-3 text-meta text-muted">
              File
            </span>
            {Array.from({ length: variations }, (_, index) => (
              <span
                key={variationLetter(index)}
                role="columnheader"
                className="flex items-center justify-center border-line border-l min-[900px]:justify-start min-[900px]:px-2"
              >
                <Letter variation={index} />
              </span>
            ))}
          </div>
          <div role="presentation" className="relative" style={{ height: rows.length * ROW }}>
            {drawn.map(({ file, index }) => (
              <MatrixRow
                key={file.path}
                file={file}
                index={index}
                columns={columns.gridTemplateColumns}
                isSelected={file.path === selected}
                reachable={index === place.row ? place.column : undefined}
                onOpen={onOpen}
              />
            ))}
          </div>
        </div>
      )}
      <Legend />
    </section>
  );
}

interface MatrixRowProps {
  file: TreeFile;
  index: number;
  columns: string;
  isSelected: boolean;
  /** The column that Tab reaches; undefined: none of this row. */
  reachable: number | undefined;
  onOpen: MatrixViewProps["onOpen"];
}

const MatrixRow = memo(
  function MatrixRow({ file, index, columns, isSelected, reachable, onOpen }: MatrixRowProps): ReactElement {
    const cut = file.path.lastIndexOf("/") + 1;
    const look = "flex size-full items-center focus-visible:-outline-offset-2";
    return (
      <div
        role="row"
        aria-rowindex={index + 2}
        aria-selected={isSelected}
        style={{ top: index * ROW, height: ROW, gridTemplateColumns: columns }}
        className={cx(
          "absolute inset-x-0 grid border-line border-b hover:bg-raised",
          isSelected && "bg-raised shadow-[inset_2px_0_var(--text)]",
        )}
      >
        <div role="rowheader" className="min-w-0">
          <button
            type="button"
            data-matrix-cell={`${index} 0`}
            tabIndex={reachable === 0 ? 0 : -1}
            title={file.path}
            onClick={() => onOpen(file, undefined)}
            className={cx(look, "min-w-0 gap-2 px-3 text-left font-mono text-[12px]")}
          >
            <span className="min-w-0 truncate">
              <span className="text-muted">{file.path.slice(0, cut)}</span>
              {file.path.slice(cut)}
            </span>
            {file.clash !== undefined && <span className="shrink-0 font-sans text-warn text-meta">path clash</span>}
            {file.generated !== null && <span className="shrink-0 font-sans text-faint">generated</span>}
          </button>
        </div>
        {file.marks.map((mark, variation) => (
          <div key={variationLetter(variation)} role="gridcell" className="border-line border-l">
            <button
              type="button"
              data-matrix-cell={`${index} ${variation + 1}`}
              data-v={variationLetter(variation)}
              tabIndex={reachable === variation + 1 ? 0 : -1}
              aria-label={`${variationLetter(variation)}: ${markWords(mark)}`}
              title={`${variationLetter(variation)}, ${file.path}: ${markWords(mark)}`}
              onClick={() => onOpen(file, variation)}
              className={cx(look, "justify-center gap-2 hover:bg-hover min-[900px]:justify-start min-[900px]:px-3")}
            >
              <span className="grid size-3 shrink-0 place-items-center text-v">
                <MarkShape mark={mark} />
              </span>
              <span aria-hidden="true" className={cx("text-meta max-[899px]:hidden", mark === "none" ? "text-faint" : "text-muted")}>
                {mark === "none" ? "" : markWords(mark)}
              </span>
            </button>
          </div>
        ))}
      </div>
    );
  },
  (before, after) =>
    before.file === after.file &&
    before.index === after.index &&
    before.columns === after.columns &&
    before.isSelected === after.isSelected &&
    before.reachable === after.reachable &&
    before.onOpen === after.onOpen,
);

function Legend(): ReactElement {
  return (
    <ul
      aria-label="Marks"
      className="flex min-h-8 shrink-0 flex-wrap items-center gap-x-4 gap-y-1 border-line border-t px-3 py-1.5 text-meta text-muted"
    >
      {(["all", "some", "only", "conflict", "none"] as const).map((mark) => (
        <li key={mark} className="flex items-center gap-1.5">
          <span aria-hidden="true" className="grid size-3 place-items-center">
            <MarkShape mark={mark} />
          </span>
          {MARK_WORDS[mark]}
        </li>
      ))}
    </ul>
  );
}

function markWords(mark: FileMark): string {
  if (mark === "unknown") return "not known yet";
  return mark === "changed" ? "changed" : MARK_WORDS[mark];
}

/** As little as brings the row into sight; the head of the columns covers as much as one row. */
function scrollTo(list: HTMLElement | null, row: number): void {
  if (list === null) return;
  const top = row * ROW;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + 2 * ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + 2 * ROW - list.clientHeight;
}
