"use client";

import { memo, type ReactElement, useId } from "react";
import { cx } from "@/components/ui/cx";
import type { Choice } from "@/lib/compare/compose";
import type { FileOutline } from "@/lib/compare/outline";
import { choicesFrom, choicesIn, inTheWay, type Tick, tickedOf, ticksOf, toggleTick } from "@/lib/compare/ticks";
import { letterList } from "@/lib/run/letters";
import { variationLetter } from "@/lib/run/select";
import type { HunkRow } from "./hunk-rows";
import { hunkTitle, namesOf, placeOf } from "./hunk-words";
import { Letters } from "./letters";

export interface HunkActions {
  onOpen: (path: string, row?: string) => void;
  onTake: (file: FileOutline, choices: Choice[]) => void;
}

interface Place {
  /** px from the top of the list, and the height of one line. */
  top: number;
  height: number;
  index: number;
  /** Which of the things in it is in the order of the Tab key. */
  reachable: number | undefined;
}

const box =
  "grid size-3.5 shrink-0 cursor-pointer appearance-none place-items-center rounded-[3px] border border-muted checked:border-[var(--v,var(--text))] checked:bg-[var(--v,var(--text))] checked:after:font-bold checked:after:font-mono checked:after:text-[10px] checked:after:text-bg checked:after:leading-none checked:after:content-['✓'] indeterminate:border-text indeterminate:bg-text indeterminate:after:h-0.5 indeterminate:after:w-2 indeterminate:after:bg-bg indeterminate:after:content-['']";

interface FileLineProps extends HunkActions, Place {
  row: Extract<HunkRow, { kind: "file" }>;
  edited: boolean;
  open: boolean;
}

/** A file: all of it to be taken, from one variation or as much as goes together. */
export const FileLine = memo(function FileLine(props: FileLineProps): ReactElement {
  const { row, edited, open, top, height, index, reachable, onOpen, onTake } = props;
  const { file, ticks, changedBy } = row;
  const { path } = file;
  const slash = path.lastIndexOf("/") + 1;
  const byHand = file.rows.length === 0;
  const all = file.rows.length > 0 && file.rows.every(({ id }) => ticks.some((tick) => tick.row.id === id && tick.lines === undefined));
  const item = (at: number): { "data-hunk-item": string; tabIndex: 0 | -1 } => ({
    "data-hunk-item": `${index}:${at}`,
    tabIndex: at === reachable ? 0 : -1,
  });
  return (
    <div
      style={{ top, height }}
      className={cx("absolute inset-x-0 flex items-center gap-2 pr-3 pl-4", index > 0 && "border-line border-t")}
    >
      {byHand ? (
        <span className="size-3.5 shrink-0" />
      ) : (
        <input
          type="checkbox"
          checked={all}
          ref={(element) => {
            if (element !== null) element.indeterminate = ticks.length > 0 && !all;
          }}
          onChange={() => onTake(file, ticks.length > 0 ? [] : everything(file))}
          aria-label={`All hunks of ${path}`}
          {...item(0)}
          className={box}
        />
      )}
      <button
        type="button"
        onClick={() => onOpen(path)}
        aria-current={open}
        title={path}
        aria-label={path}
        {...item(byHand ? 0 : 1)}
        className="flex min-w-0 flex-1 font-mono text-meta focus-visible:-outline-offset-1"
      >
        <span className="min-w-0 truncate text-muted">{path.slice(0, slash)}</span>
        <span className={cx("shrink-0", open && "font-semibold")}>{path.slice(slash)}</span>
      </button>
      {edited && (
        <span className="rounded border border-line-strong px-1 text-[11px]" title="Written in by hand">
          ✎<span className="sr-only">written in by hand</span>
        </span>
      )}
      <span className="flex gap-[3px]">
        {changedBy.map((variation, at) => {
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
              {...item(2 + at)}
              className="grid size-[18px] place-items-center rounded bg-[color-mix(in_srgb,var(--v)_16%,transparent)] font-mono font-semibold text-[11px] text-v leading-none aria-pressed:bg-v aria-pressed:text-bg max-[900px]:size-6"
            >
              {letter}
            </button>
          );
        })}
      </span>
    </div>
  );
});

interface HunkLineProps extends HunkActions, Place {
  row: Extract<HunkRow, { kind: "hunk" }>;
  /** It is what is looked at. */
  now: boolean;
}

/** A version of a place: taken, in part or left, and what would have to go for it. */
export const HunkLine = memo(function HunkLine({ row, now, top, height, index, reachable, onOpen, onTake }: HunkLineProps): ReactElement {
  const { file, ticks, tick, at, count, blocking } = row;
  const { row: place, cluster } = tick;
  const { inBase, path } = file;
  const state = tickedOf(ticks, tick);
  const part = ticks.find((one) => one.row.id === place.id && one.cluster.id === cluster.id)?.lines;
  const title = hunkTitle(place, cluster, inBase);
  const [first = 0] = cluster.variations;
  const why = useId();
  const lines = part === undefined ? "" : `${part.removed.length + part.added.length} of ${cluster.removed + cluster.added} lines`;
  return (
    <li
      data-v={variationLetter(first)}
      aria-posinset={at + 1}
      aria-setsize={count}
      style={{ top, height: blocking.length === 0 ? height : 2 * height }}
      className={cx("absolute inset-x-0", now && "bg-raised shadow-[inset_2px_0_var(--v)]")}
    >
      <label className="block h-full cursor-pointer pr-3 pl-9 text-meta hover:bg-hover">
        <span className="flex items-center gap-x-2" style={{ height }}>
          <input
            type="checkbox"
            checked={state === "all"}
            ref={(element) => {
              if (element !== null) element.indeterminate = state === "some";
            }}
            onChange={() => {
              onOpen(path, place.id);
              onTake(file, toggleTick(ticks, { row: place, cluster }, { replace: true }));
            }}
            onFocus={() => onOpen(path, place.id)}
            aria-label={`${letterList(cluster.variations)}: ${title}, ${placeOf(place, inBase)}, ${cluster.added} added, ${cluster.removed} removed${lines === "" ? "" : `, ${lines} taken`}`}
            aria-describedby={blocking.length === 0 ? undefined : why}
            data-hunk-item={`${index}:0`}
            tabIndex={reachable === 0 ? 0 : -1}
            className={cx(box, blocking.length > 0 && "border-warn")}
          />
          <Letters variations={cluster.variations} />
          <span className={cx("min-w-0 flex-1 truncate", state === "none" ? "text-muted" : "text-text")}>{title}</span>
          <span className="shrink-0 text-[11px] text-muted tabular-nums">{lines === "" ? placeOf(place, inBase) : lines}</span>
          <span className="min-w-[50px] shrink-0 text-right text-[11px] tabular-nums">
            {cluster.added > 0 && <span className="text-add-text">+{cluster.added}</span>}{" "}
            {cluster.removed > 0 && <span className="text-del-text">−{cluster.removed}</span>}
          </span>
        </span>
        {blocking.length > 0 && (
          <span id={why} style={{ height }} className="block truncate pl-[22px] text-[11px] text-warn leading-4">
            ⚠ overlaps {namesOf(blocking, inBase)}; takes its place
          </span>
        )}
      </label>
    </li>
  );
});

/** As much as goes together, first come first. */
function everything(file: FileOutline): Choice[] {
  const ticks: Tick[] = [];
  for (const row of file.rows) {
    for (const cluster of row.clusters) if (inTheWay(ticks, { row, cluster }).length === 0) ticks.push({ row, cluster });
  }
  return choicesIn(ticks);
}
