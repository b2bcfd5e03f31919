"use client";

import { Hourglass } from "lucide-react";
import type { ReactElement } from "react";
import { formatElapsed } from "@/lib/format";
import { isTerminal, type RunState } from "@/lib/run/state";
import { useNow } from "./now";

/** While the provider refuses: for how long nobody calls a model, and why. */
export function PauseBanner({ run }: { run: RunState }): ReactElement | null {
  const { paused } = run;
  if (paused === undefined || isTerminal(run.status)) return null;
  return (
    <div role="status" className="flex shrink-0 items-center gap-2.5 border-line border-b bg-panel px-4 py-1.5 text-meta">
      <Hourglass aria-hidden="true" className="size-3.5 shrink-0 text-warn" />
      <p className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        <b className="font-medium">
          <Countdown until={paused.until} />
        </b>{" "}
        <span className="text-muted">{paused.reason} All variations wait and go on by themselves.</span>
      </p>
    </div>
  );
}

/** Apart from the words that a screen reader announces: those change once, this every second. */
function Countdown({ until }: { until: number }): ReactElement {
  const left = until - useNow();
  if (left <= 0) return <>The run is paused: one call is tried now.</>;
  return (
    <>
      The run is paused
      <span aria-hidden="true" className="tabular-nums">
        {" "}
        for {formatElapsed(left + 999)}
      </span>
      .
    </>
  );
}
