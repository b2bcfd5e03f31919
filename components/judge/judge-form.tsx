"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, type ReactElement, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { useSettled } from "@/components/ui/use-settled";
import { problemFrom } from "@/lib/client/api";
import { estimateReview, startReview } from "@/lib/client/judge-api";
import { formatCount, formatDollars } from "@/lib/format";
import { DEFAULT_SAMPLES, MAX_SAMPLES } from "@/lib/judge/rubric";
import type { ReviewEstimateResponse, RunReviewsResponse, StartReviewRequest } from "@/lib/protocol/judge";
import { modelKind } from "@/lib/run/model-kind";
import type { RunState } from "@/lib/run/state";
import { RubricEditor } from "./rubric-editor";

const SAMPLES = Array.from({ length: (MAX_SAMPLES + 1) / 2 }, (_, at) => 2 * at + 1);

interface JudgeFormProps {
  run: RunState;
  known: RunReviewsResponse;
  onStarted: () => void;
  /** The project's rubric was saved. */
  onRubric: () => void;
}

/** Who is asked, how often, by what; and what that costs. */
export function JudgeForm({ run, known: { models, rubric, refusal }, onStarted, onRubric }: JudgeFormProps): ReactElement {
  const [chosen, setModel] = useState<string>();
  const [samples, setSamples] = useState(DEFAULT_SAMPLES);
  const [force, setForce] = useState(false);
  const id = useId();
  const model = models.find((one) => one.id === chosen) ?? models.find(({ contestant }) => !contestant) ?? models[0];
  const order: StartReviewRequest | undefined =
    model === undefined || refusal !== null || (model.contestant && !force) ? undefined : { model: model.id, samples, force };
  const settled = useSettled(JSON.stringify(order), 250);
  const estimate = useQuery({
    queryKey: ["judge-estimate", run.runId, settled, JSON.stringify(rubric)],
    queryFn: () => estimateReview(run.runId, JSON.parse(settled ?? "") as StartReviewRequest),
    enabled: settled !== undefined,
    retry: false,
  });
  const start = useMutation({ mutationFn: (asked: StartReviewRequest) => startReview(run.runId, asked), onSuccess: onStarted });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (order !== undefined && !start.isPending) start.mutate(order);
  };
  if (refusal !== null || model === undefined) {
    return (
      <p role="status" className="text-warn leading-relaxed">
        {refusal ?? "No model is there that could judge."}
      </p>
    );
  }
  const problem = start.error ?? (order === undefined ? null : estimate.error);
  return (
    <div className="grid gap-3">
      <form onSubmit={submit} className="grid gap-2.5" aria-label="Ask the judge">
        <div className="grid grid-cols-[1fr_88px] gap-2">
          <label className="grid min-w-0 gap-1 text-muted" htmlFor={`${id}-model`}>
            Model
            <select id={`${id}-model`} value={model.id} onChange={(event) => setModel(event.target.value)} className="field h-8">
              {models.map(({ id: value, label, contestant }) => (
                <option key={value} value={value}>
                  {contestant ? `${label}, a contestant` : label}
                </option>
              ))}
            </select>
          </label>
          <label className="grid gap-1 text-muted" htmlFor={`${id}-samples`}>
            Samples
            <select id={`${id}-samples`} value={samples} onChange={(event) => setSamples(Number(event.target.value))} className="field h-8">
              {SAMPLES.map((number) => (
                <option key={number} value={number}>
                  {number}
                </option>
              ))}
            </select>
          </label>
        </div>
        {model.contestant && (
          <label className="flex items-start gap-2 text-warn leading-relaxed">
            <input type="checkbox" checked={force} onChange={(event) => setForce(event.target.checked)} className="mt-1" />
            It made one of the variations, and models prefer their own work. Ask it anyway.
          </label>
        )}
        <div className="flex items-center gap-3">
          <p role="status" className="min-w-0 flex-1 text-muted leading-relaxed">
            <Cost
              model={model.id}
              estimate={order === undefined ? undefined : estimate.data}
              waiting={order !== undefined && estimate.isFetching}
            />
          </p>
          <Button kind="primary" type="submit" disabled={order === undefined || start.isPending}>
            {start.isPending ? "Asking…" : "Ask the judge"}
          </Button>
        </div>
        {problem !== null && (
          <p role="alert" className="text-bad [overflow-wrap:anywhere]">
            {problemFrom(problem).detail}
          </p>
        )}
      </form>
      <RubricEditor projectId={run.projectId} rubric={rubric} onSaved={onRubric} />
    </div>
  );
}

function Cost({
  model,
  estimate,
  waiting,
}: {
  model: string;
  estimate: ReviewEstimateResponse | undefined;
  waiting: boolean;
}): ReactElement | null {
  if (estimate === undefined) return waiting ? <>Counting tokens…</> : null;
  const { dollars, most_dollars: most, left_dollars: left, prompt_tokens: tokens, samples, left_out: cut } = estimate;
  const size = `${samples} × ${formatCount(tokens)} tokens`;
  const files = cut.reduce((sum, one) => sum + one.files.length, 0);
  const price =
    modelKind(model) === "script"
      ? "Free: a script plays the judge."
      : dollars === null || most === null
        ? "No price is known for this model."
        : `About ${formatDollars(dollars)}, at most ${formatDollars(most)}.`;
  return (
    <>
      {price} <span className="tabular-nums">{size}.</span>
      {left !== null && ` The run’s cap leaves ${formatDollars(left)}.`}
      {files > 0 && ` ${files} ${files === 1 ? "file is" : "files are"} too long to be shown.`}
    </>
  );
}
