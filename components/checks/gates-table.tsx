"use client";

import { ChevronDown } from "lucide-react";
import { Fragment, type ReactElement, useId } from "react";
import { Elapsed } from "@/components/run/elapsed";
import { cx } from "@/components/ui/cx";
import { variationOfTarget } from "@/lib/run/check-names";
import { compositionOfTarget, tableTargets, targetTitle } from "@/lib/run/check-table";
import type { RunState } from "@/lib/run/state";
import { CheckDetail } from "./check-detail";
import { CheckMark } from "./check-mark";
import type { CellTone } from "./gate-cells";
import type { GateLine, LineCell } from "./gate-lines";
import { TargetLabel } from "./target-label";
import { useGridKeys } from "./use-grid-keys";

export interface OpenCell {
  line: string;
  target: string;
}

interface GatesTableProps {
  run: RunState;
  lines: readonly GateLine[];
  open: OpenCell | undefined;
  onOpen: (cell: OpenCell | undefined) => void;
}

const tones: Record<CellTone, string> = {
  ok: "text-ok",
  bad: "text-bad",
  same: "text-muted",
  none: "text-muted",
  open: "text-muted",
  plain: "text-text",
};

/** Checks from top to bottom, variations from left to right; a cell opens below its line. */
export function GatesTable({ run, lines, open, onOpen }: GatesTableProps): ReactElement {
  const targets = tableTargets(run);
  const columns = targets.length + 1;
  const grid = useGridKeys(lines.length, columns);
  const id = useId();
  return (
    <div className="@container relative overflow-x-auto">
      <table
        role="grid"
        aria-label="Gates"
        onKeyDown={grid.onKeyDown}
        onFocus={grid.onFocus}
        className="w-full min-w-[calc(280px+var(--columns)*112px)] table-fixed border-collapse border-line border-b text-meta max-[700px]:min-w-[calc(248px+var(--columns)*112px)]"
        style={{ "--columns": targets.length } as Record<string, number>}
      >
        <thead>
          <tr>
            <th scope="col" className={cx(headLook, stickyLook, "w-[176px] pl-4 text-left max-[700px]:w-[164px] max-[700px]:pl-3")}>
              Gate
            </th>
            <th scope="col" className={cx(headLook, "w-[104px] border-l px-3 text-left text-muted max-[700px]:w-[84px]")}>
              base
            </th>
            {targets.map((target) => (
              <th
                key={target}
                scope="col"
                title={compositionOfTarget(run, target)?.name}
                className={cx(headLook, "truncate border-l px-3 text-left")}
              >
                <TargetLabel target={target} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line, row) => {
            const opened = open?.line === line.key ? [line.base, ...line.cells].find(({ target }) => target === open.target) : undefined;
            const detailId = `${id}-${row}`;
            return (
              <Fragment key={line.key}>
                <tr>
                  <th
                    scope="row"
                    title={line.command}
                    className={cx(stickyLook, "h-7 truncate border-line border-t pl-4 text-left font-normal max-[700px]:pl-3")}
                  >
                    {line.label}
                  </th>
                  {[line.base, ...line.cells].map((cell, column) => (
                    <Cell
                      key={cell.target}
                      line={line}
                      cell={cell}
                      open={opened === cell}
                      detailId={detailId}
                      place={grid.cell(row, column)}
                      onToggle={() => onOpen(opened === cell ? undefined : { line: line.key, target: cell.target })}
                    />
                  ))}
                </tr>
                {opened?.run !== undefined && (
                  <tr>
                    <td colSpan={columns + 1} id={detailId} className="border-line border-t p-0">
                      <CheckDetail
                        key={opened.run.id}
                        run={run}
                        check={opened.run}
                        stale={opened.stale}
                        onClose={() => onOpen(undefined)}
                      />
                    </td>
                  </tr>
                )}
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const headLook = "h-7 border-line border-t font-normal";
/** Where columns do not fit, what a line is about stays in sight. */
const stickyLook = "sticky left-0 z-1 bg-bg";

interface CellProps {
  line: GateLine;
  cell: LineCell;
  open: boolean;
  detailId: string;
  place: { "data-cell": string; tabIndex: 0 | -1 };
  onToggle: () => void;
}

function Cell({ line, cell, open, detailId, place, onToggle }: CellProps): ReactElement {
  const { tone, bar, best, target, stale, run } = cell;
  const isBase = target === "base";
  const words = `${targetTitle(target)}, ${line.label}: ${cell.words}${best === true ? ", best" : ""}${stale ? ", of an older state" : ""}`;
  const look = "flex h-[27px] w-full min-w-0 items-center gap-1.5 px-3 text-left focus-visible:-outline-offset-2";
  const title = [cell.note, stale ? "It has changed since: run again." : undefined].filter(Boolean).join(". ") || undefined;
  return (
    <td
      {...(run === undefined && { ...place, "aria-label": words, title })}
      data-v={variationOfTarget(target) === undefined ? undefined : target.toUpperCase()}
      className={cx(
        "relative border-line border-t border-l p-0 tabular-nums focus-visible:-outline-offset-2",
        isBase && tone !== "bad" && !open && "bg-panel",
        tone === "bad" && "bg-bad/7",
        open && (tone === "bad" ? "shadow-[inset_0_0_0_1px_var(--bad)]" : "bg-raised shadow-[inset_0_0_0_1px_var(--line-strong)]"),
      )}
    >
      {run === undefined ? (
        <span className={look}>
          <Inside cell={cell} />
        </span>
      ) : (
        <button
          type="button"
          {...place}
          aria-label={words}
          aria-expanded={open}
          aria-controls={open ? detailId : undefined}
          title={title}
          onClick={onToggle}
          className={cx(look, !open && "hover:bg-raised")}
        >
          <Inside cell={cell} />
          {open && <ChevronDown aria-hidden="true" className="ml-auto size-3 shrink-0 text-muted" />}
        </button>
      )}
      {bar !== undefined && (
        <span
          aria-hidden="true"
          className="pointer-events-none absolute bottom-0 left-0 h-0.5 bg-[var(--v,var(--muted))] opacity-80"
          style={{ width: `${Math.round(100 * bar)}%` }}
        />
      )}
    </td>
  );
}

function Inside({ cell }: { cell: LineCell }): ReactElement {
  const { mark, tone, value, note, best, stale, run } = cell;
  return (
    <>
      {mark !== undefined && mark !== "better" && mark !== "worse" && (
        <span className={tones[tone]}>
          <CheckMark mark={mark} />
        </span>
      )}
      {value !== "" && value !== "—" && (
        <span className={cx("shrink-0", tones[tone], best === true && "font-semibold", stale && "line-through decoration-faint")}>
          {value}
        </span>
      )}
      {mark === "running" && run?.startedAt !== undefined && (
        <span className="text-[11px] text-muted">
          <Elapsed from={run.startedAt} />
        </span>
      )}
      {(mark === "better" || mark === "worse") && (
        <span className={cx("inline-flex", mark === "worse" ? "text-bad" : "text-muted")}>
          <CheckMark mark={mark} />
        </span>
      )}
      {note !== undefined && !stale && (
        <span className={cx("min-w-0 truncate text-[11px]", tone === "bad" ? "text-bad" : "text-muted")}>{note}</span>
      )}
      {best === true && <span className="text-[11px] text-ok">best</span>}
      {stale && <span className="min-w-0 truncate text-[11px] text-warn">older state</span>}
    </>
  );
}
