"use client";

import type { ReactElement } from "react";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { problemFrom } from "@/lib/client/api";
import { MAX_VARIATIONS } from "@/lib/run/bounds";
import { variationLetter } from "@/lib/run/select";
import { RunRow, runColumns } from "./run-row";
import { useNow } from "./use-now";
import type { useRuns } from "./use-runs";

/** The runs so far, newest first. */
export function RecentRuns({ query, now: serverNow }: { query: ReturnType<typeof useRuns>; now: number }): ReactElement {
  const now = useNow(serverNow);
  const pages = query.data?.pages ?? [];
  // A run that started between two pages moves the rest down: the same row must not come twice.
  const runs = [...new Map(pages.flatMap((page) => page.runs).map((run) => [run.run_id, run])).values()];
  const total = pages[0]?.total ?? runs.length;
  return (
    <section aria-labelledby="recent" className="mt-8">
      <header className="flex items-baseline gap-2 pb-1.5 text-meta sm:px-2">
        <h2 id="recent" className="font-semibold text-page">
          Recent
        </h2>
        <span className="text-muted tabular-nums">{total === 1 ? "1 run" : `${total.toLocaleString("en-US")} runs`}</span>
      </header>
      <ListHead />
      <ul>
        {runs.map((run) => (
          <RunRow key={run.run_id} run={run} now={now} />
        ))}
      </ul>
      <div className="flex flex-wrap items-center gap-3 pt-3 sm:px-2">
        {query.hasNextPage && (
          <Button
            className="max-sm:h-9"
            aria-busy={query.isFetchingNextPage}
            aria-disabled={query.isFetchingNextPage}
            onClick={() => {
              if (!query.isFetchingNextPage) void query.fetchNextPage();
            }}
          >
            {query.isFetchingNextPage ? "Loading…" : "Load more"}
          </Button>
        )}
        {query.error !== null && (
          <p role="status" className="text-meta text-muted">
            This list may be out of date. {problemFrom(query.error).detail}{" "}
            <button type="button" className="rounded text-text underline underline-offset-3" onClick={() => void query.refetch()}>
              Refresh
            </button>
          </p>
        )}
      </div>
    </section>
  );
}

function ListHead(): ReactElement {
  return (
    <div aria-hidden="true" className={cx(runColumns, "h-7 items-center border-line border-b px-2 text-meta text-muted max-sm:hidden")}>
      <span>Prompt</span>
      <span className="max-lg:hidden">Repository</span>
      <span className="grid grid-cols-[repeat(5,14px)] gap-1">
        {Array.from({ length: MAX_VARIATIONS }, (_, index) => variationLetter(index)).map((letter) => (
          <b key={letter} data-v={letter} className="text-center font-mono font-semibold text-[11px] text-v leading-none">
            {letter}
          </b>
        ))}
      </span>
      <span>Winner</span>
      <span className="text-right max-lg:hidden">Age</span>
      <span className="text-right">Cost</span>
    </div>
  );
}
