"use client";

import { type ReactElement, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { variationOfTarget } from "@/lib/run/check-names";
import { targetTitle } from "@/lib/run/check-table";
import type { RunState } from "@/lib/run/state";
import { CheckMark } from "./check-mark";
import { CrossDetail } from "./cross-detail";
import { type CrossCell, type CrossRow, type CrossTone, crossGrid } from "./cross-grid";
import { TargetLabel } from "./target-label";
import { useCheckOrders } from "./use-check-orders";
import { useGridKeys } from "./use-grid-keys";

const tones: Record<CrossTone, string> = { ok: "text-ok", bad: "text-bad", quiet: "text-muted", open: "text-muted" };

/** Each variation's new and changed tests on the code of every other one, and of the base. `why`: why it cannot be run here. */
export function CrossMatrix({ run, why }: { run: RunState; why: string | undefined }): ReactElement {
  const orders = useCheckOrders(run.runId);
  const [chosen, setChosen] = useState<{ tests: string; code: string }>();
  const heading = useId();
  const { columns, rows } = crossGrid(run);
  const { crossTests } = run.checks;
  const open = crossTests.some(({ status }) => status === "queued" || status === "running");
  const ran = crossTests.length > 0;
  const trees = run.variations.filter(({ snapshot }) => snapshot !== undefined).length;
  const cell = rows.flatMap((row) => row.cells).find(({ tests, code }) => tests === chosen?.tests && code === chosen.code);
  return (
    <section aria-labelledby={heading} className="pt-1.5">
      <div className="flex h-9 items-center gap-3 px-4 max-[700px]:px-3">
        <h2 id={heading} className="font-semibold">
          Cross-tests
        </h2>
        <p className="min-w-0 flex-1 truncate text-meta text-muted max-[700px]:invisible">
          each variation’s new and changed tests on every other one’s code
        </p>
        <Button
          disabled={why !== undefined || trees === 0 || open || orders.isPending}
          title={why}
          onClick={() => orders.cross({ force: ran && !rows.some((row) => row.cells.some(({ stale }) => stale)) })}
        >
          {open ? "Running…" : ran ? "Run cross-tests again" : "Run cross-tests"}
        </Button>
      </div>
      {ran ? (
        <div
          className={cx(
            "border-line border-b",
            cell?.cross !== undefined && "grid min-[1100px]:grid-cols-[minmax(0,1fr)_minmax(320px,420px)]",
          )}
        >
          <Grid columns={columns} rows={rows} chosen={cell} onChoose={setChosen} />
          {cell?.cross !== undefined && (
            <CrossDetail key={cell.cross.id} run={run} cell={cell} cross={cell.cross} onClose={() => setChosen(undefined)} />
          )}
        </div>
      ) : (
        <p className="max-w-[72ch] px-4 pt-1 pb-4 text-muted max-[700px]:px-3">
          {trees === 0
            ? "No variation has changed anything yet."
            : "They have not been run. What one agent thought of and another forgot shows here: the tests that each variation wrote are put on the others’ code."}
        </p>
      )}
    </section>
  );
}

interface GridProps {
  columns: readonly string[];
  rows: readonly CrossRow[];
  chosen: CrossCell | undefined;
  onChoose: (cell: { tests: string; code: string } | undefined) => void;
}

function Grid({ columns, rows, chosen, onChoose }: GridProps): ReactElement {
  const grid = useGridKeys(rows.length, columns.length);
  const side = "sticky left-0 z-1 h-7 border-line border-t bg-bg font-normal";
  return (
    <div className="min-w-0 overflow-x-auto">
      <table
        role="grid"
        aria-label="Cross-tests: whose tests on whose code"
        onKeyDown={grid.onKeyDown}
        onFocus={grid.onFocus}
        className="w-full min-w-[calc(176px+var(--columns)*92px)] table-fixed border-collapse text-meta max-[700px]:min-w-[calc(104px+var(--columns)*92px)]"
        style={{ "--columns": columns.length } as Record<string, number>}
      >
        <thead>
          <tr>
            <th
              scope="col"
              className={cx(side, "w-[176px] truncate pl-4 text-left text-[11px] text-muted max-[700px]:w-[104px] max-[700px]:pl-3")}
            >
              <span aria-hidden="true">tests ↓ on code →</span>
              <span className="sr-only">Whose tests</span>
            </th>
            {columns.map((code) => (
              <th key={code} scope="col" className="h-7 truncate border-line border-t border-l px-3 text-left font-normal">
                <TargetLabel target={code} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={row.tests}>
              <th scope="row" className={cx(side, "truncate pl-4 text-left max-[700px]:pl-3")}>
                <TargetLabel target={row.tests} /> <span className="ml-1 text-muted">{row.note}</span>
              </th>
              {row.none ? (
                <td
                  colSpan={columns.length}
                  {...grid.cell(at, 0)}
                  className="border-line border-t border-l px-3 text-muted focus-visible:-outline-offset-2"
                >
                  {targetTitle(row.tests)} {variationOfTarget(row.tests) === undefined ? "has no new tests" : "wrote no tests"}
                </td>
              ) : (
                row.cells.map((cell, column) => (
                  <Cell
                    key={cell.code}
                    cell={cell}
                    chosen={cell === chosen}
                    place={grid.cell(at, column)}
                    onToggle={() => onChoose(cell === chosen ? undefined : { tests: cell.tests, code: cell.code })}
                  />
                ))
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface CellProps {
  cell: CrossCell;
  chosen: boolean;
  place: { "data-cell": string; tabIndex: 0 | -1 };
  onToggle: () => void;
}

function Cell({ cell, chosen, place, onToggle }: CellProps): ReactElement {
  const { mark, tone, text, words, own, stale, cross } = cell;
  const look = "flex h-[27px] w-full items-center gap-1.5 px-3 text-left focus-visible:-outline-offset-2";
  const inside = (
    <>
      <CheckMark mark={mark} />
      <span className={cx("truncate", stale && "line-through decoration-faint")}>{text}</span>
    </>
  );
  return (
    <td
      {...(cross === undefined && { ...place, "aria-label": words })}
      className={cx(
        "border-line border-t border-l p-0 tabular-nums focus-visible:-outline-offset-2",
        tones[tone],
        tone === "bad" && "bg-bad/7",
        tone !== "bad" && own && !chosen && "bg-panel",
        chosen && (tone === "bad" ? "shadow-[inset_0_0_0_1px_var(--bad)]" : "bg-raised shadow-[inset_0_0_0_1px_var(--line-strong)]"),
      )}
    >
      {cross === undefined ? (
        <span className={look}>{inside}</span>
      ) : (
        <button
          type="button"
          {...place}
          aria-label={words}
          aria-expanded={chosen}
          title={stale ? "It has changed since: run again." : undefined}
          onClick={onToggle}
          className={cx(look, !chosen && "hover:bg-raised")}
        >
          {inside}
        </button>
      )}
    </td>
  );
}
