"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { type ReactElement, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { problemFrom } from "@/lib/client/api";
import { cancelReview, listReviews } from "@/lib/client/judge-api";
import { judgeGates } from "@/lib/judge/gates";
import type { RunState } from "@/lib/run/state";
import { GateWords } from "./gate-words";
import { JudgeForm } from "./judge-form";
import { JudgeResult } from "./judge-result";

/** Advice of a model that knows nobody's name: what can be recommended at all, what it would cost, what its samples say and where they disagree. */
export function JudgePanel({ run }: { run: RunState }): ReactElement {
  const heading = useId();
  const [asking, setAsking] = useState(false);
  const [shown, setShown] = useState<string>();
  const gates = judgeGates(run);
  const known = useQuery({
    queryKey: ["judge", run.runId, JSON.stringify(gates)],
    queryFn: () => listReviews(run.runId),
    placeholderData: (last) => last,
  });
  const newest = run.reviews.at(-1);
  const review = run.reviews.find(({ id }) => id === shown) ?? newest;
  const working = newest?.status === "running";
  const form = !working && (asking || newest === undefined);
  return (
    <aside
      aria-labelledby={heading}
      className="border-line max-[1200px]:border-t min-[1201px]:w-[364px] min-[1201px]:shrink-0 min-[1201px]:overflow-auto min-[1201px]:border-l"
    >
      <div className="sticky top-0 z-2 flex h-9 items-center gap-3 bg-bg px-4 max-[700px]:px-3">
        <h2 id={heading} className="font-semibold">
          Judge
        </h2>
        <p className="min-w-0 flex-1 truncate text-meta text-muted">advice, not a vote</p>
        {working && <StopButton runId={run.runId} />}
        {newest !== undefined && !working && (
          <Button kind="quiet" aria-expanded={asking} onClick={() => setAsking(!asking)}>
            {asking ? "Close" : "Ask again…"}
          </Button>
        )}
      </div>
      <div className="grid gap-3 px-4 pb-4 text-meta max-[700px]:px-3">
        {form && (
          <>
            {newest === undefined && (
              <p className="text-muted leading-relaxed">
                A model compares what the variations changed. It is told no names and sees no transcripts, each sample has another order,
                and what it claims must stand in a diff. Nothing is selected by it.
              </p>
            )}
            <GateWords gates={gates} />
            {known.error !== null && (
              <p role="alert" className="text-bad">
                {problemFrom(known.error).detail}
              </p>
            )}
            {known.data !== undefined && (
              <JudgeForm
                run={run}
                known={known.data}
                onStarted={() => {
                  setAsking(false);
                  setShown(undefined);
                }}
                onRubric={() => void known.refetch()}
              />
            )}
          </>
        )}
        {review !== undefined && <JudgeResult key={review.id} run={run} review={review} />}
        {run.reviews.length > 1 && (
          <label className="flex items-center gap-2 text-muted">
            Review
            <select value={review?.id} onChange={(event) => setShown(event.target.value)} className="field h-7 flex-1">
              {[...run.reviews].reverse().map(({ id, model }, at) => (
                <option key={id} value={id}>
                  {run.reviews.length - at} of {run.reviews.length}, by {model}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
    </aside>
  );
}

function StopButton({ runId }: { runId: string }): ReactElement {
  const stop = useMutation({
    mutationFn: () => cancelReview(runId),
    onError: (error) => void toast.error("The judge could not be stopped", { description: problemFrom(error).detail }),
  });
  return (
    <Button disabled={stop.isPending} onClick={() => stop.mutate()}>
      Stop judge
    </Button>
  );
}
