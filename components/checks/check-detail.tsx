"use client";

import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import type { ReactElement } from "react";
import { Button } from "@/components/ui/button";
import { problemFrom } from "@/lib/client/api";
import { getCheck } from "@/lib/client/check-api";
import { formatDuration } from "@/lib/format";
import { variationOfTarget } from "@/lib/run/check-names";
import type { CheckRun } from "@/lib/run/check-state";
import { targetTitle } from "@/lib/run/check-table";
import { variationLetter } from "@/lib/run/select";
import type { RunState } from "@/lib/run/state";
import { CheckOutput } from "./check-output";
import { findingGroups, testGroups } from "./detail-groups";
import { FindingGroups, MissedLines, TestGroups } from "./detail-lists";
import { DiffAnchor, sideOf } from "./diff-place";
import { TargetLabel } from "./target-label";
import { useCheckOrders } from "./use-check-orders";

interface CheckDetailProps {
  run: RunState;
  check: CheckRun;
  /** The target has another tree by now. */
  stale: boolean;
  onClose: () => void;
}

/** All that a check found on a target: what it says of the base first, then the output. */
export function CheckDetail({ run, check, stale, onClose }: CheckDetailProps): ReactElement {
  const { target, outcome, status } = check;
  const settled = status === "passed" || status === "failed";
  const details = useQuery({
    queryKey: ["check", run.runId, check.id, check.comparison !== undefined],
    queryFn: () => getCheck(run.runId, check.id),
    enabled: settled,
  });
  const variation = variationOfTarget(target);
  const changed = new Set(Object.keys(run.variations[variation ?? -1]?.files ?? {}));
  const tests = testGroups(check, details.data);
  const findings = findingGroups(check, details.data);
  const coverage = outcome?.coverage;
  const { size } = outcome ?? {};
  return (
    <section
      aria-label={`${check.name} of ${targetTitle(target)}`}
      data-v={variation === undefined ? undefined : variationLetter(variation)}
      className="grid gap-1.5 bg-panel px-4 pt-1.5 pb-3 text-meta shadow-[inset_2px_0_var(--v,var(--line-strong))] sticky left-0 w-[100cqw] max-[700px]:px-3"
    >
      <Head run={run} check={check} onClose={onClose} />
      {stale && <p className="text-warn">{targetTitle(target)} has changed since this ran: run it again to know how it stands now.</p>}
      {outcome?.reason !== undefined && <p className="[overflow-wrap:anywhere]">{sentence(outcome.reason)}</p>}
      {status === "queued" && <p className="text-muted">It waits for its turn.</p>}
      {status === "running" && <p className="text-muted">It is running. What it finds appears here.</p>}
      <TestGroups groups={tests} target={target} changed={changed} isPending={details.isFetching} />
      <FindingGroups groups={findings} target={target} isPending={details.isFetching} />
      {coverage !== undefined && (
        <MissedLines coverage={{ ...coverage, missed: details.data?.missed ?? coverage.missed }} target={target} />
      )}
      {size !== undefined && size.maxLines !== null && (
        <p>
          {size.added + size.deleted} changed lines; this project allows {size.maxLines}.
        </p>
      )}
      {details.error !== null && (
        <p role="alert" className="text-bad">
          The details could not be loaded: {problemFrom(details.error).detail}{" "}
          <Button onClick={() => void details.refetch()}>Try again</Button>
        </p>
      )}
      {outcome !== undefined && check.command !== undefined && (
        <CheckOutput runId={run.runId} id={check.id} tail={outcome.tail} length={outcome.outputLength} />
      )}
    </section>
  );
}

function Head({ run, check, onClose }: Omit<CheckDetailProps, "stale">): ReactElement {
  const { target, name, command, status, outcome, commit } = check;
  const orders = useCheckOrders(run.runId);
  const side = sideOf(target);
  const open = status === "queued" || status === "running";
  const facts = [
    commit.slice(0, 7),
    ...(outcome === undefined || outcome.durationMs === 0 ? [] : [formatDuration(outcome.durationMs)]),
    ...(outcome?.cached === true ? ["known from before"] : []),
    ...(outcome?.exitCode != null && outcome.exitCode !== 0 ? [`exit code ${outcome.exitCode}`] : []),
  ];
  return (
    <div className="relative flex min-h-[30px] min-w-0 flex-wrap items-center gap-x-2 gap-y-1 pr-8">
      <TargetLabel target={target} />
      <h3 className="font-semibold">{name}</h3>
      {command !== undefined && <code className="min-w-0 text-muted [overflow-wrap:anywhere]">{command}</code>}
      <span className="text-muted tabular-nums">{facts.join(" · ")}</span>
      <span className="flex-1" />
      {side !== undefined && side !== "base" && (
        <Button asChild>
          <DiffAnchor link={{ left: "base", right: side }}>Open in Diff</DiffAnchor>
        </Button>
      )}
      <Button
        disabled={open || orders.isPending}
        onClick={() => orders.run({ targets: [target], checks: [check.check], force: true })}
        aria-label={`Run ${name} of ${targetTitle(target)} again`}
      >
        Run again
      </Button>
      <Button kind="quiet" size="icon" aria-label="Close the details" onClick={onClose} className="absolute top-0.5 right-0">
        <X aria-hidden="true" className="size-3.5" />
      </Button>
    </div>
  );
}

/** Reasons begin in lower case where they end a sentence. */
export function sentence(reason: string): string {
  const text = reason.charAt(0).toUpperCase() + reason.slice(1);
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
