"use client";

import { type FocusEvent, type KeyboardEvent, type ReactElement, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useVisibleRows } from "@/components/diff/use-visible-rows";
import type { Choice } from "@/lib/compare/compose";
import type { FileOutline } from "@/lib/compare/outline";
import { ticksOf } from "@/lib/compare/ticks";
import { FileLine, type HunkActions, HunkLine } from "./hunk-row";
import { type HunkPlace, type HunkRow, hunkRows, placeAfter } from "./hunk-rows";

interface HunkListProps extends HunkActions {
  files: readonly FileOutline[];
  open: { path: string; row: string | undefined };
  choicesOf: (file: FileOutline) => readonly Choice[];
  edited: (path: string) => boolean;
}

/** Every hunk of every file, to be taken or left: what is taken, and what would have to go for it. */
export function HunkList({ files, open, choicesOf, edited, onOpen, onTake }: HunkListProps): ReactElement {
  const [filter, setFilter] = useState("");
  const [divergent, setDivergent] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => {
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
    return files.filter(({ path, rows, mark }) => {
      const text = `${path} ${rows.map(({ title }) => title ?? "").join(" ")}`.toLowerCase();
      return words.every((word) => text.includes(word)) && !(divergent && mark === "all");
    });
  }, [files, filter, divergent]);
  const height = useRowHeight();
  // Scrolling asks for none of this anew.
  const rows = useMemo(() => hunkRows(shown, choicesOf), [shown, choicesOf]);
  const taken = useMemo(() => files.reduce((sum, file) => sum + ticksOf(file, choicesOf(file)).length, 0), [files, choicesOf]);
  const total = useMemo(() => files.reduce((sum, file) => sum + file.rows.length, 0), [files]);
  const positions = useMemo(() => new Map(shown.map((file, at) => [file, at])), [shown]);
  const [active, setActive] = useState<{ key: string; item: number }>();
  const { from, to } = useVisibleRows(list, rows.length, height);
  const found = active === undefined ? -1 : rows.findIndex(({ key }) => key === active.key);
  const place: HunkPlace = found === -1 ? { index: 0, item: 0 } : { index: found, item: active?.item ?? 0 };

  const onFocus = (event: FocusEvent): void => {
    const [index, item] = (event.target as HTMLElement).dataset.hunkItem?.split(":").map(Number) ?? [];
    const row = rows[index ?? -1];
    if (row !== undefined) setActive({ key: row.key, item: item ?? 0 });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = event.altKey || event.ctrlKey || event.metaKey ? undefined : placeAfter(rows, place, event.key);
    const row = rows[next?.index ?? -1];
    if (next === undefined || row === undefined) return;
    event.preventDefault();
    setActive({ key: row.key, item: next.item });
    bringIntoSight(list.current, next.index * height, height);
    // A row that was out of sight is there after the next rendering.
    requestAnimationFrame(() => {
      list.current?.querySelector<HTMLElement>(`[data-hunk-item="${next.index}:${next.item}"]`)?.focus({ preventScroll: true });
    });
  };
  const placed = (index: number) => ({
    index,
    height,
    top: index * height,
    reachable: index === place.index ? place.item : undefined,
  });

  // What is opened from elsewhere is shown here as well.
  const opened = rows.findIndex(
    (row) => row.file.path === open.path && (open.row === undefined || (row.kind === "hunk" && row.tick.row.id === open.row)),
  );
  useEffect(() => {
    if (opened !== -1) bringIntoSight(list.current, opened * height, height);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- rows that come and go above it do not scroll
  }, [open.path, open.row, opened === -1]);

  return (
    <section aria-labelledby="compose-hunks" className="flex min-h-0 min-w-0 flex-col border-line border-r max-[900px]:border-r-0">
      <div className="flex h-9 shrink-0 items-center gap-3 border-line border-b px-3 pl-4">
        <h2 id="compose-hunks" className="font-semibold">
          Hunks
        </h2>
        <p className="text-meta text-muted tabular-nums">
          {taken} of {total} taken
        </p>
      </div>
      <div className="flex shrink-0 gap-2 border-line border-b px-3 py-[7px] pl-4">
        <input
          type="search"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
          placeholder="Filter files and hunks"
          aria-label="Filter files and hunks"
          className="h-[26px] min-w-0 flex-1 rounded-md border border-line bg-bg px-2.5 text-meta placeholder:text-muted"
        />
        <fieldset aria-label="Show" className="inline-flex overflow-hidden rounded-md border border-line-strong">
          {[false, true].map((only) => (
            <button
              key={String(only)}
              type="button"
              aria-pressed={divergent === only}
              onClick={() => setDivergent(only)}
              className="h-6 px-2.5 text-meta text-muted focus-visible:-outline-offset-2 aria-pressed:bg-hover aria-pressed:text-text"
            >
              {only ? "Differs" : "All"}
            </button>
          ))}
        </fieldset>
      </div>
      {shown.length === 0 && (
        <p className="px-4 py-3 text-meta text-muted">{files.length === 0 ? "No variation changed anything." : "Nothing matches."}</p>
      )}
      <div ref={list} className="min-h-0 flex-1 overflow-y-auto py-[3px] max-[900px]:max-h-[50vh] max-[900px]:flex-none">
        <ul
          aria-label="Changed files"
          onKeyDown={onKeyDown}
          onFocus={onFocus}
          className="relative"
          style={{ height: rows.length * height }}
        >
          {drawnFiles(rows, from, to, place.index).map(({ file, lines }) => (
            <li key={file.path} aria-posinset={(positions.get(file) ?? 0) + 1} aria-setsize={shown.length}>
              {lines.map(({ row, index }) =>
                row.kind !== "file" ? null : (
                  <FileLine
                    key={row.key}
                    row={row}
                    {...placed(index)}
                    edited={edited(file.path)}
                    open={open.path === file.path}
                    onOpen={onOpen}
                    onTake={onTake}
                  />
                ),
              )}
              <ul aria-label={`Hunks of ${file.path}`}>
                {lines.map(({ row, index }) =>
                  row.kind !== "hunk" ? null : (
                    <HunkLine
                      key={row.key}
                      row={row}
                      {...placed(index)}
                      now={open.path === file.path && open.row === row.tick.row.id}
                      onOpen={onOpen}
                      onTake={onTake}
                    />
                  ),
                )}
              </ul>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

interface DrawnFile {
  file: FileOutline;
  lines: { row: HunkRow; index: number }[];
}

/** The lines in sight, file by file, and the one that has the focus, wherever that is: who walks on from it must not fall out of the list. */
function drawnFiles(rows: readonly HunkRow[], from: number, to: number, focused: number): DrawnFile[] {
  const files = new Map<FileOutline, DrawnFile>();
  const indexes = Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);
  if (focused < from) indexes.unshift(focused);
  if (focused >= to) indexes.push(focused);
  for (const index of indexes) {
    const row = rows[index];
    if (row === undefined) continue;
    const drawn = files.get(row.file) ?? { file: row.file, lines: [] };
    files.set(row.file, drawn);
    drawn.lines.push({ row, index });
  }
  return [...files.values()];
}

/** A finger needs more room. */
const HEIGHTS = { mouse: 26, finger: 36 };
const narrow = "(max-width: 900px)";

function useRowHeight(): number {
  const isNarrow = useSyncExternalStore(
    (told) => {
      const query = matchMedia(narrow);
      query.addEventListener("change", told);
      return () => query.removeEventListener("change", told);
    },
    () => matchMedia(narrow).matches,
    () => false,
  );
  return isNarrow ? HEIGHTS.finger : HEIGHTS.mouse;
}

/** Scrolls as little as is needed. */
function bringIntoSight(list: HTMLElement | null, top: number, height: number): void {
  if (list === null) return;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + 2 * height > list.scrollTop + list.clientHeight) list.scrollTop = top + 2 * height - list.clientHeight;
}
