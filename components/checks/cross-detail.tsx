"use client";

import { X } from "lucide-react";
import type { ReactElement } from "react";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { formatDuration } from "@/lib/format";
import type { CrossTest } from "@/lib/run/check-state";
import { targetTitle } from "@/lib/run/check-table";
import type { RunState } from "@/lib/run/state";
import { sentence } from "./check-detail";
import { CheckMark } from "./check-mark";
import { CheckOutput } from "./check-output";
import type { CrossCell } from "./cross-grid";
import { Message } from "./detail-lists";
import { DiffAnchor, sideOf } from "./diff-place";
import { TargetLabel } from "./target-label";
import { useCheckOrders } from "./use-check-orders";

interface CrossDetailProps {
  run: RunState;
  cell: CrossCell;
  cross: CrossTest;
  onClose: () => void;
}

/** What the tests of one variation said about the code of another. */
export function CrossDetail({ run, cell, cross, onClose }: CrossDetailProps): ReactElement {
  const { tests, code, mark, tone, text, own, stale } = cell;
  const { outcome, status } = cross;
  const orders = useCheckOrders(run.runId);
  const [left, right] = own ? ["base" as const, sideOf(tests)] : [sideOf(code), sideOf(tests)];
  const waits = status === "queued" || status === "running";
  return (
    <section
      aria-label={`Tests of ${targetTitle(tests)} on code of ${targetTitle(code)}`}
      className="grid min-w-0 content-start gap-1.5 border-line border-t bg-panel px-3 py-1.5 text-meta min-[1100px]:border-l"
    >
      <div className="flex min-h-[30px] flex-wrap items-center gap-1.5">
        <h3 className="flex items-center gap-1.5">
          Tests of <TargetLabel target={tests} /> on code of <TargetLabel target={code} />
        </h3>
        <span
          className={cx(
            "inline-flex items-center gap-1 tabular-nums",
            tone === "bad" ? "text-bad" : tone === "ok" ? "text-ok" : "text-muted",
          )}
        >
          <CheckMark mark={mark} /> {text}
        </span>
        {outcome !== undefined && outcome.durationMs > 0 && (
          <span className="text-muted tabular-nums">{formatDuration(outcome.durationMs)}</span>
        )}
        <span className="flex-1" />
        <Button kind="quiet" size="icon" aria-label="Close the details" onClick={onClose}>
          <X aria-hidden="true" className="size-3.5" />
        </Button>
      </div>
      {stale && <p className="text-warn">One of the two has changed since this ran: run it again.</p>}
      {status === "no_api" && (
        <p>
          The tests of {targetTitle(tests)} cannot be loaded on this code: what they import is not there. That says nothing of how the code
          behaves.
        </p>
      )}
      {outcome?.reason !== undefined && <p className="text-muted [overflow-wrap:anywhere]">{sentence(outcome.reason)}</p>}
      {waits && <p className="text-muted">{status === "queued" ? "It waits for its turn." : "It is running."}</p>}
      {outcome !== undefined && outcome.failing.length > 0 && (
        <ul className="grid gap-1" aria-label="Failing tests">
          {outcome.failing.map(({ name, file, message }, at) => (
            <li key={`${at} ${name}`} className="flex min-w-0 gap-2">
              <span aria-hidden="true" className="w-2 shrink-0 text-center font-semibold text-[10px] text-bad leading-[18px]">
                ✕
              </span>
              <div className="min-w-0 flex-1">
                <p className="[overflow-wrap:anywhere]">
                  {file !== undefined && <code className="text-muted">{file}</code>} {name}
                </p>
                {message !== undefined && message.trim() !== "" && <Message text={message} />}
              </div>
            </li>
          ))}
        </ul>
      )}
      {outcome !== undefined && status !== "none" && (
        <CheckOutput runId={run.runId} id={cross.id} tail={outcome.tail} length={outcome.outputLength} />
      )}
      <div className="flex flex-wrap gap-2 pt-0.5">
        {left !== undefined && right !== undefined && (
          <Button asChild>
            <DiffAnchor link={{ left, right }}>{own ? "Open in Diff" : "Open both in Diff"}</DiffAnchor>
          </Button>
        )}
        <Button disabled={waits || orders.isPending} onClick={() => orders.cross({ tests: [tests], code: [code], force: true })}>
          Run again
        </Button>
      </div>
    </section>
  );
}
