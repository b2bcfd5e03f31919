"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { problemFrom, reconcileServer } from "@/lib/client/api";
import { formatAge, formatBytes } from "@/lib/format";
import type { ReconcileReportResponse } from "@/lib/protocol/server-status";

const words: Record<string, string> = {
  process_ended: "Process ended",
  attempt_removed: "Tree removed",
  moved_to_trash: "Put in the trash",
  trash_deleted: "Trash deleted",
  temporary_removed: "Temporary file removed",
  lock_removed: "Stale lock removed",
  pin_removed: "Pin removed",
  socket_removed: "Stale socket removed",
  resource_removed: "Removed",
  environment_removed: "Removed",
};

/** What the newest look found and did: removed, kept with the reason, and what it could not do. */
export function TidyReport({ report, now }: { report: ReconcileReportResponse | null; now: number }): ReactElement {
  const queries = useQueryClient();
  const looking = useMutation({
    mutationFn: reconcileServer,
    onSuccess: () => queries.invalidateQueries({ queryKey: ["server"] }),
    onError: (error) => toast.error("Could not look", { description: problemFrom(error).detail }),
  });
  return (
    <>
      <div className="flex items-center gap-3">
        <p className="text-body text-muted">{report === null ? "The first look is not over yet." : summary(report, now)}</p>
        <Button onClick={() => looking.mutate()} disabled={looking.isPending}>
          {looking.isPending ? "Looking…" : "Look now"}
        </Button>
      </div>
      {report !== null && (
        <ul className="mt-2 grid gap-px">
          {report.errors.map(({ what, message }) => (
            <Row key={what} word="Could not" tone="text-bad" what={what} why={message} />
          ))}
          {report.kept.map(({ what, why, bytes }) => (
            <Row key={what} word={`Kept, ${formatBytes(bytes)}`} tone="text-warn" what={what} why={why} />
          ))}
          {report.actions.map(({ kind, what, why, bytes }) => (
            <Row
              key={`${kind} ${what}`}
              word={`${words[kind] ?? kind}${bytes === null ? "" : `, ${formatBytes(bytes)}`}`}
              tone="text-muted"
              what={what}
              why={why}
            />
          ))}
        </ul>
      )}
    </>
  );
}

function Row({ word, tone, what, why }: { word: string; tone: string; what: string; why: string }): ReactElement {
  return (
    <li className="grid gap-x-4 border-line border-b py-1.5 text-body sm:grid-cols-[180px_minmax(0,1fr)]">
      <span className={tone}>{word}</span>
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <code className="select-all">{what}</code> <span className="text-muted">{why}</span>
      </span>
    </li>
  );
}

function summary({ at, actions, kept, errors }: ReconcileReportResponse, now: number): string {
  const age = formatAge(Date.parse(at), now);
  const when = age === "now" ? "Looked just now" : `Looked ${age} ago`;
  if (actions.length + kept.length + errors.length === 0) return `${when}: nothing lay around.`;
  return `${when}: ${actions.length} tidied, ${kept.length} kept${errors.length === 0 ? "" : `, ${errors.length} could not be done`}.`;
}
