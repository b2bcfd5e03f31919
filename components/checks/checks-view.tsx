"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { type ReactElement, useId, useState } from "react";
import { JudgePanel } from "@/components/judge/judge-code";
import { Button } from "@/components/ui/button";
import { listChecks } from "@/lib/client/check-api";
import { checkProgress } from "@/lib/run/check-table";
import type { RunState } from "@/lib/run/state";
import { ChecksNotice } from "./checks-notice";
import { CrossMatrix } from "./cross-matrix";
import { gateLines, unchecked } from "./gate-lines";
import { GatesTable, type OpenCell } from "./gates-table";
import { useCheckOrders } from "./use-check-orders";

/** Which result can be trusted, and why: the gates of each variation beside the base's, and everybody's tests on everybody's code. */
export function ChecksView({ run }: { run: RunState }): ReactElement {
  const [open, setOpen] = useState<OpenCell>();
  const heading = useId();
  // What would run depends on the base.
  const known = useQuery({ queryKey: ["checks", run.runId, run.base?.commit], queryFn: () => listChecks(run.runId) });
  const lines = gateLines(run, known.data?.checks.filter(({ enabled }) => enabled) ?? []);
  const why = known.data?.available.possible === false ? (known.data.available.reason ?? "This server has no sandbox.") : undefined;
  return (
    <div className="h-full max-[1200px]:overflow-auto min-[1201px]:flex">
      <div className="min-w-0 flex-1 min-[1201px]:overflow-auto">
        <section aria-labelledby={heading}>
          <div className="sticky top-0 left-0 z-2 flex h-9 items-center gap-3 bg-bg px-4 max-[700px]:px-3">
            <h2 id={heading} className="font-semibold">
              Gates
            </h2>
            <p className="min-w-0 flex-1 truncate text-meta text-muted max-[700px]:invisible">
              on the newest snapshot of each, in a sandbox
              {run.base !== undefined && (
                <>
                  ; compared with base <code>{run.base.commit.slice(0, 7)}</code>
                </>
              )}
            </p>
            <Orders run={run} />
            <Button kind="quiet" asChild>
              <Link href={`/projects/${run.projectId}#checks`}>Edit checks…</Link>
            </Button>
          </div>
          <ChecksNotice run={run} known={known.data} error={known.error} onRetry={() => void known.refetch()} />
          {known.isPending && run.checks.runs.length === 0 ? (
            <TableSkeleton />
          ) : (
            <GatesTable run={run} lines={lines} open={open} onOpen={setOpen} />
          )}
        </section>
        <CrossMatrix run={run} why={why} />
      </div>
      {run.variations.length > 1 && <JudgePanel run={run} />}
    </div>
  );
}

/** How far they are, and what can be done about it. */
function Orders({ run }: { run: RunState }): ReactElement {
  const orders = useCheckOrders(run.runId);
  const { open } = checkProgress(run);
  const ran = run.checks.runs.length > 0;
  const outdated = unchecked(run).length > 0;
  if (open > 0) {
    return (
      <>
        <span className="shrink-0 text-meta text-muted tabular-nums">{open} to go</span>
        <Button disabled={orders.isPending} onClick={() => orders.cancel()}>
          Stop checks
        </Button>
      </>
    );
  }
  return (
    <Button disabled={run.base === undefined || orders.isPending} onClick={() => orders.run({ force: ran && !outdated })}>
      {ran ? (outdated ? "Run what changed" : "Run all again") : "Run checks"}
    </Button>
  );
}

const ROWS = 9;

function TableSkeleton(): ReactElement {
  return (
    <div role="status" className="border-line border-b">
      <span className="sr-only">Loading the checks…</span>
      {Array.from({ length: ROWS }, (_, at) => (
        <div key={at} aria-hidden="true" className="flex h-7 items-center border-line border-t px-4">
          <span className="h-[11px] w-24 animate-[appear_1ms_180ms_both] rounded-sm bg-hover" />
        </div>
      ))}
    </div>
  );
}
