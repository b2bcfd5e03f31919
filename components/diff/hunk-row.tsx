"use client";

import { ArrowLeftRight, CornerUpRight } from "lucide-react";
import type { ReactElement } from "react";
import { isPortable } from "@/components/comments/port";
import { cx } from "@/components/ui/cx";
import { Letter } from "@/components/variation/letter";
import type { Likeness, Mark } from "@/lib/compare/mark";
import { cellsOf, clusterWords, type HunkCell, numberOf, rowLabel, rowPlace } from "@/lib/diff/hunks";
import type { FileMapResponse, MapCluster, MapRow } from "@/lib/protocol/map";
import { letterList } from "@/lib/run/letters";
import { variationLetter } from "@/lib/run/select";
import { CROSS, MARK_WORDS } from "./mark-shape";

export interface HunkRowProps {
  row: MapRow;
  index: number;
  /** Variations with a tree. */
  known: number;
  variations: FileMapResponse["variations"];
  likeness: Likeness;
  /** The one that the editor shows: its versions are listed. */
  isActive: boolean;
  /** The variation whose cell is reached by Tab; undefined: none of this row. */
  reachable: number | undefined;
  right: number | undefined;
  onGo: (row: MapRow, variation: number) => void;
  onCompare: (left: number, right: number, row: MapRow) => void;
  /** Asks those who have not got a text to bring it into their trees. */
  onPort: (row: MapRow, cluster: MapCluster) => void;
}

/** One hunk: where it is, what it is about, and a number per variation. */
export function HunkRow(props: HunkRowProps): ReactElement {
  const { row, index, known, variations, likeness, isActive, reachable, right, onGo, onCompare, onPort } = props;
  const label = rowLabel(row);
  const place = rowPlace(row);
  const mark = row.mark[likeness];
  return (
    <div
      role="rowgroup"
      data-active={isActive}
      className={cx(
        "border-line border-b [contain-intrinsic-size:auto_41px] [content-visibility:auto]",
        isActive && "bg-raised shadow-[inset_2px_0_var(--text)]",
      )}
    >
      <div role="row" aria-rowindex={index + 2} aria-selected={isActive} className="flex min-h-10 items-center pr-2 pl-3">
        <div role="rowheader" className="grid min-w-0 flex-1 py-1 pr-1 text-meta leading-tight">
          <span className="flex items-center gap-1 text-muted tabular-nums">
            {place}
            {mark === "conflict" && <span aria-hidden="true" className={`size-[9px] shrink-0 bg-warn ${CROSS}`} />}
            <span className="sr-only">, {MARK_WORDS[mark]}</span>
          </span>
          <span title={label.text} className={cx("truncate", label.code && "font-mono text-[11px] text-muted")}>
            {label.text}
          </span>
        </div>
        {cellsOf(row, likeness, known).map((cell, variation) => (
          <Cell
            key={variationLetter(variation)}
            cell={cell}
            variation={variation}
            about={describe(cell, variation, variations[variation]?.kind ?? "unknown", place)}
            at={`${index} ${variation}`}
            isReachable={variation === reachable}
            isRight={isActive && variation === right}
            isUnknown={variations[variation]?.kind === "unknown"}
            onPress={() => onGo(row, variation)}
          />
        ))}
      </div>
      {isActive && (
        <Versions row={row} variations={variations} likeness={likeness} right={right} onGo={onGo} onCompare={onCompare} onPort={onPort} />
      )}
    </div>
  );
}

interface CellProps {
  cell: HunkCell;
  variation: number;
  about: string;
  at: string;
  isReachable: boolean;
  isRight: boolean;
  isUnknown: boolean;
  onPress: () => void;
}

function Cell({ cell, variation, about, at, isReachable, isRight, isUnknown, onPress }: CellProps): ReactElement {
  return (
    <div role="gridcell" className="grid w-[26px] place-items-center">
      <button
        type="button"
        data-cell={at}
        data-v={variationLetter(variation)}
        tabIndex={isReachable ? 0 : -1}
        aria-label={about}
        aria-disabled={isUnknown}
        title={about}
        onClick={() => !isUnknown && onPress()}
        className={cx(
          "grid h-8 w-[26px] place-items-center rounded hover:bg-hover focus-visible:-outline-offset-2 aria-disabled:cursor-default",
          isRight && "shadow-[inset_0_-2px_var(--v)]",
        )}
      >
        <Shape cell={cell} isUnknown={isUnknown} />
      </button>
    </div>
  );
}

const SHAPES: Record<Exclude<Mark, "none" | "conflict">, string> = {
  all: "rounded-full",
  some: "rounded-[3px]",
  only: "[clip-path:polygon(50%_-6%,106%_50%,50%_106%,-6%_50%)] !size-[22px]",
};

/** The number of what it says; ● with everybody, ■ with some, ◆ alone. */
function Shape({ cell: { number, mark }, isUnknown }: { cell: HunkCell; isUnknown: boolean }): ReactElement | null {
  if (isUnknown) return null;
  if (number === null || mark === "none" || mark === "conflict") return <span className="size-[3px] rounded-full bg-faint/50" />;
  return (
    <span className={cx("grid size-4 place-items-center bg-v font-mono font-semibold text-[10px] text-bg leading-none", SHAPES[mark])}>
      {number}
    </span>
  );
}

interface VersionsProps {
  row: MapRow;
  likeness: Likeness;
  right: number | undefined;
  onGo: HunkRowProps["onGo"];
  variations: HunkRowProps["variations"];
  onCompare: HunkRowProps["onCompare"];
  onPort: HunkRowProps["onPort"];
}

/** What there is to choose from: each text once, who says it, and how it compares with the one that is shown. */
function Versions({ row, variations, likeness, right, onGo, onCompare, onPort }: VersionsProps): ReactElement {
  const shown = row.clusters.find(({ variations }) => right !== undefined && variations.includes(right)) ?? row.clusters[0];
  return (
    <div role="row">
      <div role="gridcell" aria-colspan={row.cells.length + 1} className="grid gap-1 pr-2 pb-2 pl-3">
        {row.clusters.map((cluster) => {
          const [first = 0] = cluster.variations;
          const [other = 0] = shown?.variations ?? [];
          return (
            <div key={cluster.id} className="flex min-h-6 items-center gap-2 text-meta">
              <button
                type="button"
                title={`Show what ${letterList(cluster.variations)} ${cluster.variations.length > 1 ? "say" : "says"}`}
                onClick={() => onGo(row, right !== undefined && cluster.variations.includes(right) ? right : first)}
                className="flex min-w-0 flex-1 items-center gap-2 rounded px-1 py-0.5 text-left hover:bg-hover"
              >
                <span className="w-2 shrink-0 font-mono tabular-nums">{cluster.number}</span>
                <span className="flex shrink-0 gap-0.5">
                  {cluster.variations.map((variation) => (
                    <Letter key={variation} variation={variation} className="size-4 text-[10px]" />
                  ))}
                </span>
                <What cluster={cluster} likeness={likeness} />
              </button>
              {shown !== undefined && cluster !== shown && cluster.kind === "lines" && (
                <button
                  type="button"
                  aria-label={`Compare text ${shown.number} with text ${cluster.number}`}
                  title={`${variationLetter(shown.variations.includes(right ?? -1) ? (right ?? other) : other)} on the left, ${variationLetter(first)} on the right`}
                  onClick={() => onCompare(shown.variations.includes(right ?? -1) ? (right ?? other) : other, first, row)}
                  className="inline-flex h-6 shrink-0 items-center gap-1 rounded-md border border-line-strong px-1.5 font-mono text-[11px] hover:bg-hover"
                >
                  {shown.number} <ArrowLeftRight aria-hidden="true" size={11} /> {cluster.number}
                </button>
              )}
              {isPortable({ variations }, cluster) && (
                <button
                  type="button"
                  aria-label={`Port text ${cluster.number} of ${letterList(cluster.variations)} to the others`}
                  title={`Ask the others to bring what ${letterList(cluster.variations)} ${cluster.variations.length > 1 ? "say" : "says"} into their own trees`}
                  onClick={() => onPort(row, cluster)}
                  className="inline-flex h-6 shrink-0 items-center gap-1 rounded-md border border-line-strong px-1.5 text-[11px] hover:bg-hover"
                >
                  <CornerUpRight aria-hidden="true" size={11} /> Port
                </button>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function What({ cluster, likeness }: { cluster: MapCluster; likeness: Likeness }): ReactElement {
  const words = clusterWords(cluster);
  const like = numberOf(cluster, likeness);
  if (words !== undefined) return <span className="min-w-0 truncate text-muted">{words}</span>;
  return (
    <span className="min-w-0 truncate tabular-nums">
      {cluster.added > 0 && <span className="text-ok">+{cluster.added}</span>}{" "}
      {cluster.removed > 0 && <span className="text-bad">−{cluster.removed}</span>}
      {like !== cluster.number && <span className="text-muted"> counts as {like}</span>}
    </span>
  );
}

function describe(
  { number, mark }: HunkCell,
  variation: number,
  kind: FileMapResponse["variations"][number]["kind"],
  place: string,
): string {
  const letter = variationLetter(variation);
  if (kind === "unknown") return `${letter} has no changes yet`;
  if (number === null) return `${letter} leaves ${place} alone`;
  return `${letter}, ${place}: text ${number}, ${mark === "only" ? "alone" : mark === "all" ? "as all" : "as some"}`;
}
