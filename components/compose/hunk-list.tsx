"use client";

import { type KeyboardEvent, memo, type ReactElement, useId, useMemo, useRef, useState } from "react";
import { cx } from "@/components/ui/cx";
import type { Choice } from "@/lib/compare/compose";
import type { FileOutline } from "@/lib/compare/outline";
import { choicesFrom, choicesIn, inTheWay, type Tick, tickedOf, ticksOf, toggleTick } from "@/lib/compare/ticks";
import { variationLetter } from "@/lib/run/select";
import { hunkTitle, lettersOf, namesOf, placeOf } from "./hunk-words";
import { Letters } from "./letters";

interface HunkListProps {
  files: readonly FileOutline[];
  open: { path: string; row: string | undefined };
  choicesOf: (file: FileOutline) => readonly Choice[];
  edited: (path: string) => boolean;
  onOpen: (path: string, row?: string) => void;
  onTake: (file: FileOutline, choices: Choice[]) => void;
}

/** Every hunk of every file, to be taken or left: what is taken, and what would have to go for it. */
export function HunkList({ files, open, choicesOf, edited, onOpen, onTake }: HunkListProps): ReactElement {
  const [filter, setFilter] = useState("");
  const [divergent, setDivergent] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const shown = useMemo(() => {
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
    return files.filter(({ path, rows, mark }) => {
      const text = `${path} ${rows.map(({ title }) => title ?? "").join(" ")}`.toLowerCase();
      return words.every((word) => text.includes(word)) && !(divergent && mark === "all");
    });
  }, [files, filter, divergent]);
  const taken = files.reduce((sum, file) => sum + ticksOf(file, choicesOf(file)).length, 0);
  const total = files.reduce((sum, { rows }) => sum + rows.length, 0);

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
      <ul
        ref={list}
        aria-label="Changed files"
        onKeyDown={(event) => move(event, list.current)}
        className="min-h-0 flex-1 overflow-y-auto max-[900px]:max-h-[50vh] max-[900px]:flex-none"
      >
        {shown.map((file, index) => (
          <FileHunks
            key={file.path}
            file={file}
            first={index === 0}
            choices={choicesOf(file)}
            edited={edited(file.path)}
            openRow={open.path === file.path ? (open.row ?? "") : undefined}
            onOpen={onOpen}
            onTake={onTake}
          />
        ))}
      </ul>
    </section>
  );
}

/** Arrow keys go from line to line; Tab goes on to the editor. */
function move(event: KeyboardEvent, list: HTMLElement | null): void {
  const by = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
  if (by === undefined || list === null) return;
  const items = [...list.querySelectorAll<HTMLElement>("[data-hunk-item]")];
  const at = items.indexOf(event.target as HTMLElement);
  const next = items[Math.min(items.length - 1, Math.max(0, at + by))];
  if (next === undefined) return;
  event.preventDefault();
  for (const item of items) item.tabIndex = item === next ? 0 : -1;
  next.focus();
}

interface FileHunksProps {
  file: FileOutline;
  first: boolean;
  choices: readonly Choice[];
  edited: boolean;
  openRow: string | undefined;
  onOpen: HunkListProps["onOpen"];
  onTake: HunkListProps["onTake"];
}

const box =
  "grid size-3.5 shrink-0 cursor-pointer appearance-none place-items-center rounded-[3px] border border-muted checked:border-[var(--v,var(--text))] checked:bg-[var(--v,var(--text))] checked:after:font-bold checked:after:font-mono checked:after:text-[10px] checked:after:text-bg checked:after:leading-none checked:after:content-['✓'] indeterminate:border-text indeterminate:bg-text indeterminate:after:h-0.5 indeterminate:after:w-2 indeterminate:after:bg-bg indeterminate:after:content-['']";

const FileHunks = memo(function FileHunks({ file, first, choices, edited, openRow, onOpen, onTake }: FileHunksProps): ReactElement {
  const { path, rows, inBase } = file;
  const ticks = ticksOf(file, choices);
  const slash = path.lastIndexOf("/") + 1;
  const all = rows.length > 0 && rows.every((row) => ticks.some((tick) => tick.row.id === row.id && tick.lines === undefined));
  const some = ticks.length > 0 && !all;
  const changedBy = [...new Set(rows.flatMap(({ clusters }) => clusters.flatMap(({ variations }) => variations)))].sort();
  return (
    <li className="border-line border-b pt-[3px] pb-1">
      <div className="flex h-[26px] items-center gap-2 pr-3 pl-4 max-[900px]:h-9">
        <input
          type="checkbox"
          checked={all}
          ref={(element) => {
            if (element !== null) element.indeterminate = some;
          }}
          onChange={() => onTake(file, ticks.length > 0 ? [] : everything(file))}
          aria-label={`All hunks of ${path}`}
          data-hunk-item=""
          tabIndex={first ? 0 : -1}
          className={box}
        />
        <button
          type="button"
          onClick={() => onOpen(path)}
          aria-current={openRow !== undefined}
          title={path}
          aria-label={path}
          data-hunk-item=""
          tabIndex={-1}
          className="flex min-w-0 flex-1 font-mono text-meta focus-visible:-outline-offset-1"
        >
          <span className="min-w-0 truncate text-muted">{path.slice(0, slash)}</span>
          <span className={cx("shrink-0", openRow !== undefined && "font-semibold")}>{path.slice(slash)}</span>
        </button>
        {edited && (
          <span className="rounded border border-line-strong px-1 text-[11px]" title="Written in by hand">
            ✎<span className="sr-only">written in by hand</span>
          </span>
        )}
        <span className="flex gap-[3px]">
          {changedBy.map((variation) => {
            const own = choicesFrom(file, variation);
            const whole = own.length === ticks.length && ticksOf(file, own).every((tick) => tickedOf(ticks, tick) === "all");
            const letter = variationLetter(variation);
            return (
              <button
                key={variation}
                type="button"
                data-v={letter}
                aria-pressed={whole}
                onClick={() => onTake(file, whole ? [] : own)}
                aria-label={`Take all of ${path} from ${letter}`}
                title={whole ? `It is as in ${letter}` : `Take all of it from ${letter}`}
                data-hunk-item=""
                tabIndex={-1}
                className="grid size-[18px] place-items-center rounded bg-[color-mix(in_srgb,var(--v)_16%,transparent)] font-mono font-semibold text-[11px] text-v leading-none aria-pressed:bg-v aria-pressed:text-bg max-[900px]:size-6"
              >
                {letter}
              </button>
            );
          })}
        </span>
      </div>
      <ul aria-label={`Hunks of ${path}`}>
        {rows.flatMap((row) =>
          row.clusters.map((cluster) => (
            <Hunk
              key={`${row.id} ${cluster.id}`}
              tick={{ row, cluster }}
              inBase={inBase}
              ticks={ticks}
              now={openRow === row.id}
              onOpen={() => onOpen(path, row.id)}
              onToggle={() => onTake(file, toggleTick(ticks, { row, cluster }, { replace: true }))}
            />
          )),
        )}
      </ul>
    </li>
  );
});

interface HunkProps {
  tick: Tick;
  inBase: boolean;
  ticks: readonly Tick[];
  now: boolean;
  onOpen: () => void;
  onToggle: () => void;
}

function Hunk({ tick, inBase, ticks, now, onOpen, onToggle }: HunkProps): ReactElement {
  const { row, cluster } = tick;
  const state = tickedOf(ticks, tick);
  const taken = state !== "none";
  const part = ticks.find((one) => one.row.id === row.id && one.cluster.id === cluster.id)?.lines;
  const blocking = state === "all" ? [] : inTheWay(ticks, tick);
  const title = hunkTitle(row, cluster, inBase);
  const [first = 0] = cluster.variations;
  const why = useId();
  return (
    <li data-v={variationLetter(first)} className={cx(now && "bg-raised shadow-[inset_2px_0_var(--v)]")}>
      <label className="flex min-h-6 cursor-pointer flex-wrap items-center gap-x-2 py-0.5 pr-3 pl-9 text-meta hover:bg-hover max-[900px]:min-h-8">
        <input
          type="checkbox"
          checked={state === "all"}
          ref={(element) => {
            if (element !== null) element.indeterminate = state === "some";
          }}
          onChange={() => {
            onOpen();
            onToggle();
          }}
          onFocus={onOpen}
          aria-label={`${lettersOf(cluster.variations)}: ${title}, ${placeOf(row, inBase)}, ${cluster.added} added, ${cluster.removed} removed`}
          aria-describedby={blocking.length === 0 ? undefined : why}
          data-hunk-item=""
          tabIndex={-1}
          className={cx(box, blocking.length > 0 && "border-warn")}
        />
        <Letters variations={cluster.variations} />
        <span className={cx("min-w-0 flex-1 truncate", taken ? "text-text" : "text-muted")}>{title}</span>
        {part !== undefined && (
          <span className="text-[11px] text-muted tabular-nums">
            {part.removed.length + part.added.length} of {cluster.removed + cluster.added} lines
          </span>
        )}
        <span className="text-[11px] text-muted tabular-nums">{placeOf(row, inBase)}</span>
        <span className="min-w-[50px] text-right text-[11px] tabular-nums">
          {cluster.added > 0 && <span className="text-add-text">+{cluster.added}</span>}{" "}
          {cluster.removed > 0 && <span className="text-del-text">−{cluster.removed}</span>}
        </span>
        {blocking.length > 0 && (
          <span id={why} className="w-full truncate pl-[22px] text-[11px] text-warn leading-4">
            ⚠ overlaps {namesOf(blocking, inBase)}; takes its place
          </span>
        )}
      </label>
    </li>
  );
}

/** As much as goes together, first come first. */
function everything(file: FileOutline): Choice[] {
  const ticks: Tick[] = [];
  for (const row of file.rows) {
    for (const cluster of row.clusters) if (inTheWay(ticks, { row, cluster }).length === 0) ticks.push({ row, cluster });
  }
  return choicesIn(ticks);
}
