"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { Button } from "@/components/ui/button";
import { discardFit, getFit, takeFit } from "@/lib/client/fit-api";
import type { FitChangeResponse, FitResponse } from "@/lib/protocol/fits";
import type { Composition } from "@/lib/run/composition";
import type { Fit } from "@/lib/run/fit-state";
import type { RunState } from "@/lib/run/state";
import { FitDiff } from "./fit-diff";
import { FitFiles } from "./fit-files";
import type { CompositionEditor } from "./use-composition";

interface FitReviewProps {
  run: RunState;
  composition: Composition;
  fit: Fit;
  editor: CompositionEditor;
  onDone: (path?: string) => void;
}

/** What the agent changed, file by file: what is within the seams is ticked, what is outside of them is not. */
export function FitReview({ run: { runId }, composition, fit, editor, onDone }: FitReviewProps): ReactElement {
  const { number, version } = composition;
  // What it goes together with changes with each version.
  const answer = useQuery({
    queryKey: ["fit", runId, number, fit.index, version],
    queryFn: () => getFit(runId, number),
    staleTime: Infinity,
    placeholderData: (before, query) => (query?.queryKey[3] === fit.index ? before : undefined),
  });
  const result = answer.data?.result;
  if (answer.error !== null) {
    return (
      <div role="alert" className="grid justify-items-start gap-2 p-4">
        <p>{answer.error.message}</p>
        <Button onClick={() => void answer.refetch()}>Try again</Button>
      </div>
    );
  }
  if (result === undefined) return <p className="p-4 text-muted">Loading…</p>;
  if (result === null) return <p className="p-4 text-muted">There is nothing to decide about.</p>;
  return <Review runId={runId} number={number} result={result} editor={editor} onDone={onDone} />;
}

interface ReviewProps {
  runId: string;
  number: number;
  result: NonNullable<FitResponse["result"]>;
  editor: CompositionEditor;
  onDone: (path?: string) => void;
}

function Review({ runId, number, result, editor, onDone }: ReviewProps): ReactElement {
  const { files, moved_on } = result;
  const [own, setOwn] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [open, setOpen] = useState<string>();
  const isTicked = ({ path, inside, refusal }: FitChangeResponse): boolean => refusal === null && (own.get(path) ?? inside);
  const ticked = files.filter(isTicked);
  const shown = files.find(({ path }) => path === open) ?? files.find(({ inside }) => inside) ?? files[0];
  const taking = useMutation({
    mutationFn: () =>
      editor.take(async (version) => (await takeFit(runId, number, { version, paths: ticked.map(({ path }) => path) })).composition),
    onSuccess: () => onDone((ticked.find(({ inside }) => inside) ?? ticked[0])?.path),
  });
  const discarding = useMutation({ mutationFn: () => discardFit(runId, number), onSuccess: () => onDone() });
  const busy = taking.isPending || discarding.isPending;
  const error = taking.error ?? discarding.error;
  return (
    <>
      {moved_on && (
        <p role="status" className="shrink-0 border-line border-b bg-raised px-4 py-2 text-meta">
          <span aria-hidden="true" className="text-warn">
            ⚠{" "}
          </span>
          The composition was changed while the agent worked. Yours stays: what goes together with it is merged, what does not cannot be
          taken.
        </p>
      )}
      <FitFiles
        files={files}
        open={shown?.path}
        isTicked={isTicked}
        onOpen={setOpen}
        onTick={(path, on) => setOwn((before) => new Map(before).set(path, on))}
      />
      <div className="flex min-h-10 shrink-0 flex-wrap items-center gap-2 border-line border-b bg-panel px-4 py-1.5">
        <Button kind="primary" disabled={busy || ticked.length === 0} onClick={() => taking.mutate()}>
          {taking.isPending ? "Taking…" : ticked.length === 1 ? "Take 1 file" : `Take ${ticked.length} files`}
        </Button>
        <Button disabled={busy} onClick={() => discarding.mutate()}>
          Discard
        </Button>
        <p className="text-meta text-muted">Undo takes it back.</p>
        {error !== null && (
          <p role="alert" className="min-w-0 flex-1 text-bad text-meta [overflow-wrap:anywhere]">
            {error.message}
          </p>
        )}
      </div>
      {shown !== undefined && <FitDiff runId={runId} file={shown} />}
    </>
  );
}
