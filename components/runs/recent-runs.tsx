"use client";

import { type KeyboardEvent, type ReactElement, useRef } from "react";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { problemFrom, type RunListFilter } from "@/lib/client/api";
import type { SetupResponse } from "@/lib/protocol/http";
import { MAX_VARIATIONS } from "@/lib/run/bounds";
import { variationLetter } from "@/lib/run/select";
import { runsOf } from "./merge-runs";
import { RunFilters } from "./run-filters";
import { RunRow, runColumns } from "./run-row";
import { useNow } from "./use-now";
import type { FollowedRuns } from "./use-runs";

interface RecentRunsProps {
  list: FollowedRuns;
  /** ms since the epoch, by the server. */
  now: number;
  filter: RunListFilter;
  projects: SetupResponse["recent_repositories"];
  /** An empty change takes everything back. */
  onFilter: (change: Partial<RunListFilter> | undefined) => void;
}

/** The runs so far, newest first. */
export function RecentRuns({ list: { query, error, retry }, now: serverNow, filter, projects, onFilter }: RecentRunsProps): ReactElement {
  const section = useRef<HTMLElement>(null);
  const now = useNow(serverNow);
  const pages = query.data?.pages;
  const runs = runsOf(pages ?? []);
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const isBusy = query.isPlaceholderData || query.isPending;
  return (
    <section ref={section} aria-labelledby="recent" className="mt-8">
      <header className="flex flex-wrap items-center gap-x-2 gap-y-2 pb-1.5 text-meta sm:px-2">
        <h2 id="recent" className="font-semibold text-page">
          Recent
        </h2>
        <span role="status" className="text-muted tabular-nums">
          {pages === undefined || isBusy ? "" : countOf(pages[0]?.total ?? runs.length, isFiltered)}
        </span>
        <RunFilters value={filter} projects={projects} onChange={onFilter} />
      </header>
      <ListHead />
      {query.isPending && <Skeleton />}
      <ul onKeyDown={moveFocus} aria-busy={isBusy} className={cx("transition-opacity", query.isPlaceholderData && "opacity-60")}>
        {runs.map((run) => (
          <RunRow key={run.run_id} run={run} now={now} />
        ))}
      </ul>
      {runs.length === 0 && query.isSuccess && !query.isPlaceholderData && (
        <NothingFound
          filter={filter}
          onClear={() => {
            onFilter(undefined);
            // The button goes away with what it says.
            section.current?.querySelector<HTMLElement>("input[type=search]")?.focus();
          }}
        />
      )}
      {error !== null && <Trouble error={error} hasRows={runs.length > 0} onRetry={retry} />}
      {query.hasNextPage && !query.isPlaceholderData && (
        <Button
          className="mt-3 max-sm:h-9 sm:ml-2"
          aria-busy={query.isFetchingNextPage}
          aria-disabled={query.isFetchingNextPage}
          onClick={() => {
            if (!query.isFetchingNextPage) void query.fetchNextPage();
          }}
        >
          {query.isFetchingNextPage ? "Loading…" : "Load more"}
        </Button>
      )}
    </section>
  );
}

function countOf(total: number, isFiltered: boolean): string {
  if (total === 0) return "nothing found";
  const runs = total === 1 ? "1 run" : `${total.toLocaleString("en-US")} runs`;
  return isFiltered ? `${runs} found` : runs;
}

/** Arrow keys, and the letters that stand for them, go from row to row. */
function moveFocus(event: KeyboardEvent<HTMLUListElement>): void {
  if (event.metaKey || event.ctrlKey || event.altKey) return;
  const links = [...event.currentTarget.querySelectorAll("a")];
  const at = links.findIndex((link) => link === document.activeElement);
  const to = { ArrowDown: at + 1, j: at + 1, ArrowUp: at - 1, k: at - 1, Home: 0, End: links.length - 1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  links[to]?.focus();
}

function NothingFound({ filter, onClear }: { filter: RunListFilter; onClear: () => void }): ReactElement {
  const { query, state, projectId } = filter;
  const more = state !== undefined || projectId !== undefined;
  return (
    <div className="flex flex-wrap items-center gap-3 py-6 text-body text-muted sm:px-2">
      <p className="min-w-0 [overflow-wrap:anywhere]">
        {query === undefined ? "No run is like that." : `No run has “${query.trim()}” in its prompt${more ? ", with these filters" : ""}.`}
      </p>
      <Button className="max-sm:h-9" onClick={onClear}>
        Show all runs
      </Button>
    </div>
  );
}

function Trouble({ error, hasRows, onRetry }: { error: Error; hasRows: boolean; onRetry: () => void }): ReactElement {
  return (
    <div role="alert" className="flex flex-wrap items-center gap-3 py-3 text-meta text-muted sm:px-2">
      <p>
        {hasRows ? "This list may be out of date." : "The runs could not be loaded."} {problemFrom(error).detail}
      </p>
      <Button className="max-sm:h-9" onClick={onRetry}>
        Try again
      </Button>
    </div>
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

/** The list's shape while it is on its way. */
function Skeleton(): ReactElement {
  return (
    <div aria-hidden="true">
      {["w-2/5", "w-1/4", "w-1/3", "w-2/6"].map((width) => (
        <div key={width} className="flex h-[87px] items-center border-line border-b sm:h-[39px] sm:px-2">
          <div className={`h-2.5 rounded bg-raised ${width}`} />
        </div>
      ))}
    </div>
  );
}
