"use client";

import { X } from "lucide-react";
import { type KeyboardEvent, type ReactElement, useEffect, useMemo, useRef, useState } from "react";
import { beginPort } from "@/components/comments/port";
import { Button } from "@/components/ui/button";
import { useStored } from "@/lib/client/stored-value";
import { type LineRange, rowAt, rowsShown } from "@/lib/diff/hunks";
import type { FileMapResponse, MapCluster, MapRow } from "@/lib/protocol/map";
import { variationLetter } from "@/lib/run/select";
import type { RunState } from "@/lib/run/state";
import { HunkRow } from "./hunk-row";
import { CROSS } from "./mark-shape";
import { useFileMap } from "./use-diff-data";
import { viewSettings } from "./view-settings";

export interface HunkMapProps {
  run: RunState;
  /** In the map: the file's path in the base. Undefined: no variation changes the file now. */
  path: string | undefined;
  /** The variation on the right side. */
  right: number | undefined;
  /** Lines of the base that the editor's change is about; undefined where the left side is no base. */
  current: LineRange | undefined;
  diverging: boolean;
  /** Shows a variation's version of a row. */
  onGo: (variation: number, row: MapRow) => void;
  /** Shows two versions of a row side by side. */
  onCompare: (left: number, right: number, row: MapRow) => void;
  onClose: () => void;
}

/** The open file, hunk by hunk: which variation says what there, and who says the same. */
export function HunkMap(props: HunkMapProps): ReactElement {
  const { run, path, onClose } = props;
  return (
    <div
      className="flex h-full min-h-0 flex-col"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.stopPropagation();
        onClose();
      }}
    >
      {path === undefined ? (
        <>
          <Head onClose={onClose} />
          <p className="p-3 text-meta text-muted">No variation changes this file as it is now.</p>
        </>
      ) : (
        <OfFile {...props} key={`${run.runId} ${path}`} path={path} />
      )}
    </div>
  );
}

function Head({ count, shown, onClose }: { count?: number; shown?: number; onClose: () => void }): ReactElement {
  return (
    <div className="flex h-9 shrink-0 items-center gap-2 border-line border-b pr-1 pl-3">
      <h2 className="font-semibold">Hunks</h2>
      {count !== undefined && (
        <span className="text-meta text-muted tabular-nums">{shown !== undefined && shown < count ? `${shown} of ${count}` : count}</span>
      )}
      <span className="flex-1" />
      <Button kind="quiet" size="icon" aria-label="Close the hunk map" title="Close  h" onClick={onClose}>
        <X aria-hidden="true" size={14} />
      </Button>
    </div>
  );
}

function OfFile(props: HunkMapProps & { path: string }): ReactElement {
  const { run, path, diverging, onClose } = props;
  const { likeness } = useStored(viewSettings);
  const [pages, setPages] = useState(1);
  const map = useFileMap(run, path, pages);
  const rows = useMemo(() => rowsShown(map.data?.rows ?? [], likeness, diverging), [map.data, likeness, diverging]);
  return (
    <>
      <Head count={map.data?.total} shown={rows.length} onClose={onClose} />
      {map.error !== null ? (
        <div role="alert" className="grid justify-items-start gap-2 p-3 text-meta">
          <p className="[overflow-wrap:anywhere]">The hunks could not be compared: {map.error.message}</p>
          <Button onClick={() => void map.refetch()}>Try again</Button>
        </div>
      ) : map.data === undefined ? (
        <Waiting />
      ) : rows.length === 0 ? (
        <p className="p-3 text-meta text-muted">All variations agree on every hunk of this file.</p>
      ) : (
        <Grid {...props} map={map.data} rows={rows} more={{ isPending: map.isPlaceholderData, load: () => setPages(pages + 1) }} />
      )}
    </>
  );
}

function Waiting(): ReactElement {
  return (
    <div role="status" className="grid animate-[appear_1ms_180ms_both] gap-6 px-3 py-11">
      <span className="sr-only">Comparing the hunks…</span>
      {[60, 45, 75, 50].map((width) => (
        <div key={width} aria-hidden="true" className="h-[11px] rounded-sm bg-hover" style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}

interface GridProps extends HunkMapProps {
  map: FileMapResponse;
  rows: readonly MapRow[];
  /** The next page. */
  more: { isPending: boolean; load: () => void };
}

/** Where the focus is among rows and variations. */
interface Place {
  row: number;
  variation: number;
}

function Grid({ run, path, map, rows, right, current, more, onGo, onCompare }: GridProps): ReactElement {
  const { likeness } = useStored(viewSettings);
  const [chosen, setChosen] = useState<string>();
  const [focus, setFocus] = useState<Place>();
  const grid = useRef<HTMLDivElement>(null);
  const count = map.variations.length;
  const active = useMemo(() => activeRow(rows, chosen, current), [rows, chosen, current]);
  const activeIndex = rows.findIndex((row) => row === active);
  const at: Place = {
    row: Math.min(focus?.row ?? Math.max(0, activeIndex), rows.length - 1),
    variation: Math.min(focus?.variation ?? right ?? 0, count - 1),
  };
  useActiveInSight(grid, active?.id);

  const go = (row: MapRow, variation: number): void => {
    setChosen(row.id);
    setFocus({ row: rows.indexOf(row), variation });
    onGo(variation, row);
  };
  const port = (row: MapRow, cluster: MapCluster): void => {
    const variation = right !== undefined && cluster.variations.includes(right) ? right : cluster.variations[0];
    if (variation === undefined) return;
    go(row, variation);
    beginPort(run, map, row, cluster, variation);
  };
  const moveTo = (next: Place): void => {
    const place = { row: clamp(next.row, rows.length), variation: clamp(next.variation, count) };
    setFocus(place);
    grid.current?.querySelector<HTMLElement>(`[data-cell="${place.row} ${place.variation}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof Element)) return;
    if (event.target.closest("[data-cell]") === null) return;
    const moves: Record<string, Place> = {
      ArrowDown: { ...at, row: at.row + 1 },
      ArrowUp: { ...at, row: at.row - 1 },
      PageDown: { ...at, row: at.row + 10 },
      PageUp: { ...at, row: at.row - 10 },
      ArrowRight: { ...at, variation: at.variation + 1 },
      ArrowLeft: { ...at, variation: at.variation - 1 },
      Home: { row: event.shiftKey ? 0 : at.row, variation: 0 },
      End: { row: event.shiftKey ? rows.length - 1 : at.row, variation: count - 1 },
    };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    moveTo(next);
  };

  return (
    <div ref={grid} className="min-h-0 flex-1 overflow-y-auto" data-hunk-grid="">
      <div role="grid" aria-label={`Hunks of ${path}`} aria-rowcount={rows.length + 1} onKeyDown={onKeyDown}>
        <Columns count={count} />
        {rows.map((row, index) => (
          <HunkRow
            key={row.id}
            row={row}
            index={index}
            known={map.known}
            variations={map.variations}
            likeness={likeness}
            isActive={row === active}
            reachable={index === at.row ? at.variation : undefined}
            right={right}
            onGo={go}
            onCompare={onCompare}
            onPort={port}
          />
        ))}
      </div>
      {map.rows.length < map.total && (
        <div className="grid justify-items-start gap-1.5 px-3 pt-3 text-meta text-muted">
          <p>
            The first {map.rows.length.toLocaleString("en-US")} of {map.total.toLocaleString("en-US")}.
          </p>
          <Button disabled={more.isPending} onClick={more.load}>
            {more.isPending ? "Loading…" : "Show more"}
          </Button>
        </div>
      )}
      <Legend />
    </div>
  );
}

function Columns({ count }: { count: number }): ReactElement {
  return (
    <div role="row" className="sticky top-0 z-10 flex h-[30px] items-center border-line border-b bg-bg pr-2 pl-3">
      <span role="columnheader" className="flex-1">
        <span className="sr-only">Place in the base</span>
      </span>
      {Array.from({ length: count }, (_, at) => (
        <span
          key={variationLetter(at)}
          role="columnheader"
          data-v={variationLetter(at)}
          className="grid w-[26px] place-items-center font-mono font-semibold text-[11px] text-v"
        >
          {variationLetter(at)}
        </span>
      ))}
    </div>
  );
}

function Legend(): ReactElement {
  return (
    <p className="px-3 py-2.5 text-[11.5px] text-muted leading-relaxed">
      Same number, same text.
      <br />
      <span aria-hidden="true" className={`mr-1 inline-block size-[9px] bg-warn ${CROSS}`} />
      <span className="sr-only">Conflict: </span>
      only one of them can be taken.
    </p>
  );
}

/** The one that was chosen, as long as the editor stands in it or between changes; else the one that the editor stands in. */
function activeRow(rows: readonly MapRow[], chosen: string | undefined, current: LineRange | undefined): MapRow | undefined {
  const own = rows.find(({ id }) => id === chosen);
  if (current === undefined) return own;
  const there = own !== undefined && (own.kind !== "lines" || rowAt([own], current) !== undefined);
  return there ? own : (rowAt(rows, current) ?? own);
}

function useActiveInSight(grid: { current: HTMLElement | null }, id: string | undefined): void {
  useEffect(() => {
    if (id === undefined) return;
    grid.current?.querySelector('[data-active="true"]')?.scrollIntoView({ block: "nearest" });
  }, [grid, id]);
}

function clamp(index: number, count: number): number {
  return Math.min(count - 1, Math.max(0, index));
}
