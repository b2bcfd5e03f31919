"use client";

import { TriangleAlert, Trophy } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import type { ReactElement } from "react";
import { Button } from "@/components/ui/button";
import { formatAge, formatCount, formatDollars, formatSpent } from "@/lib/format";
import { allWork } from "@/lib/run/fit-state";
import { sourceName, totalUsage } from "@/lib/run/select";
import { isTerminal, type RunState, type TreeSource } from "@/lib/run/state";
import { Elapsed } from "./elapsed";
import { FailureCard } from "./failure-card";
import { useNow } from "./now";
import { PromptTitle } from "./prompt-title";
import { RetryButton } from "./retry-button";
import { StopButton } from "./stop-button";

const FetchCommand = dynamic(() => import("./fetch-command").then((module) => module.FetchCommand), { loading: () => null });
/** Few runs have been landed. */
const Landings = dynamic(() => import("./landings").then((module) => module.Landings), { loading: () => null });

/** What was asked, of which code, what it costs so far, and the way to stop it all. */
export function RunHeader({ run, onLand }: { run: RunState; onLand: (what: TreeSource) => void }): ReactElement {
  const live = !isTerminal(run.status);
  const again = run.variations.filter(({ status }) => status === "failed" || status === "cancelled").length;
  const requested = run.stopRequested || allWork(run).every(({ status, stopRequested }) => isTerminal(status) || stopRequested);
  return (
    <header className="shrink-0 border-line border-b px-4 py-3">
      <div className="flex items-center gap-5">
        <div className="min-w-0 flex-1">
          <PromptTitle prompt={run.prompt} />
          <Facts run={run} />
        </div>
        <Spent run={run} />
        {!live && again > 1 && <RetryButton runId={run.runId} aria-label={`Retry ${again} variations`}>{`Retry all ${again}`}</RetryButton>}
        {live && (
          <StopButton runId={run.runId} requested={requested}>
            Stop all
          </StopButton>
        )}
      </div>
      {run.selection !== undefined && (
        <p className="mt-1.5 flex min-w-0 flex-wrap items-center gap-x-1.5 gap-y-1 text-meta text-muted">
          <Trophy aria-hidden="true" className="size-3.5 shrink-0 text-ok" />
          <span className="text-text">{sourceName(run.selection)} is selected.</span>
          {/* On a phone nobody fetches: the agents' work keeps the room. */}
          <span className="max-[700px]:hidden min-[701px]:contents">
            <span>It is on branch</span>
            <code className="min-w-0 select-all text-text [overflow-wrap:anywhere]">{run.selection.branch}</code>
            <span>Fetch it:</span>
            <FetchCommand runId={run.runId} branch="winner" />
          </span>
          <Button onClick={() => onLand(run.selection ?? {})} className="ml-1">
            Land {sourceName(run.selection)}
          </Button>
        </p>
      )}
      {run.landings.length > 0 && <Landings landings={run.landings} />}
      {run.failure !== undefined && <FailureCard failure={run.failure} className="mt-2.5" />}
      {run.notices.map(({ seq, text }) => (
        <p key={seq} className="mt-1.5 flex gap-1.5 text-meta text-muted">
          <TriangleAlert aria-label="Warning" className="mt-0.5 size-3.5 shrink-0 text-warn" />
          <span className="min-w-0 [overflow-wrap:anywhere]">{text}</span>
        </p>
      ))}
    </header>
  );
}

function Facts({ run }: { run: RunState }): ReactElement {
  const branch = run.base?.branch ?? run.baseRef;
  const count = run.variations.length;
  return (
    <p className="mt-0.5 flex flex-wrap gap-x-3.5 text-meta text-muted tabular-nums [&>*]:whitespace-nowrap">
      <code className="max-w-full truncate" title={run.repositoryUrl}>
        {run.repositoryName}
      </code>
      {run.base === undefined ? (
        <span>{branch ?? "default branch"}</span>
      ) : (
        <span title={run.base.commit}>
          {branch !== undefined && `${branch} `}@ <code>{run.base.commit.slice(0, 7)}</code>
        </span>
      )}
      <Timing run={run} />
      <span>{count === 1 ? "1 variation" : `${count} variations`}</span>
      <Link href={`/projects/${run.projectId}`} className="underline decoration-line-strong underline-offset-2 hover:text-text">
        Environment
      </Link>
      <span className="min-[701px]:hidden">{formatSpent(totalUsage(run))}</span>
    </p>
  );
}

function Timing({ run }: { run: RunState }): ReactElement {
  const now = useNow();
  const exact = new Date(run.createdAt).toISOString();
  const from = (run.startedAt ?? run.createdAt) + run.idleMs;
  if (run.endedAt === undefined) {
    return (
      <time dateTime={exact} title={exact}>
        {run.status === "starting" ? "starting" : "running"} for <Elapsed from={from} />
      </time>
    );
  }
  const age = formatAge(run.endedAt, now);
  return (
    <>
      <span>
        took <Elapsed from={from} to={run.endedAt} />
      </span>
      <time dateTime={exact} title={exact}>
        ended {age === "now" ? "just now" : `${age} ago`}
      </time>
    </>
  );
}

function Spent({ run }: { run: RunState }): ReactElement {
  const usage = totalUsage(run);
  const { dollars, inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage;
  const cap = dollarCap(run);
  return (
    <div className="grid shrink-0 gap-1 text-right text-meta tabular-nums max-[700px]:hidden">
      {cap !== undefined && (
        <div aria-hidden="true" className="h-[3px] w-[150px] overflow-hidden rounded-sm bg-hover">
          <div className="h-full rounded-sm bg-text" style={{ width: `${Math.min(100, (100 * dollars) / cap)}%` }} />
        </div>
      )}
      <span>
        {formatSpent(usage)} {cap !== undefined && <span className="text-faint">of {formatDollars(cap)}</span>}
      </span>
      <span className="text-faint">{formatCount(inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens)} tokens</span>
    </div>
  );
}

/** The most that the run may spend: its own cap, or less where everything that works for it has a limit. */
function dollarCap(run: RunState): number | undefined {
  const { maxDollars } = run;
  const limits = allWork(run).reduce<number | undefined>((sum, { spec }) => {
    const limit = spec.limits?.dollars;
    return sum === undefined || limit === undefined ? undefined : sum + limit;
  }, 0);
  return limits === undefined || maxDollars === undefined ? (maxDollars ?? limits) : Math.min(limits, maxDollars);
}
