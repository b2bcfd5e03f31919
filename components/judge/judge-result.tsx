import { Fragment, type ReactElement } from "react";
import { Letter } from "@/components/variation/letter";
import { formatSpent } from "@/lib/format";
import { type Advice, adviceOf, type Vote } from "@/lib/judge/advice";
import { disagreementOf } from "@/lib/judge/disagreement";
import type { JudgeReview } from "@/lib/run/judge-state";
import { modelLabel } from "@/lib/run/model-kind";
import { variationLetter } from "@/lib/run/select";
import type { RunState } from "@/lib/run/state";
import { JudgeClaims } from "./judge-claims";
import { ScoreTable } from "./score-table";

/** What a review says: live while its samples come, and how far it can be trusted. */
export function JudgeResult({ run, review }: { run: RunState; review: JudgeReview }): ReactElement {
  const advice = adviceOf(review);
  const apart = advice === undefined ? undefined : disagreementOf(review, advice);
  const moved = review.candidates.filter(({ variation, commit }) => run.variations[variation]?.snapshot?.commit !== commit);
  return (
    <section aria-label="What the judge says" className="grid gap-3">
      <div className="grid gap-2 pt-1">
        <p role="status" className="font-semibold text-page">
          <Headline review={review} advice={advice} />
        </p>
        <SampleList review={review} advice={advice} />
        {review.failure !== undefined && <p className="text-bad [overflow-wrap:anywhere]">{review.failure}</p>}
        {moved.length > 0 && (
          <p className="text-warn">
            Said of earlier snapshots: {moved.map(({ variation }) => variationLetter(variation)).join(", ")} changed since.
          </p>
        )}
      </div>
      <Facts review={review} />
      {advice !== undefined && (
        <>
          <ScoreTable review={review} advice={advice} />
          <JudgeClaims review={review} preferred={advice.preferred} />
        </>
      )}
      {apart !== undefined && (
        <section aria-label="Where the samples disagree" className="grid gap-1 border-line border-y py-2.5 text-muted leading-relaxed">
          <h3 className="font-semibold text-warn">Where the samples disagree</h3>
          {apart.votes !== undefined && <p>{apart.votes}</p>}
          {apart.reasons.map(({ sample, text }) => (
            <p key={sample} className="[overflow-wrap:anywhere]">
              Sample {sample + 1}: “{text}”
            </p>
          ))}
          {apart.scores.map(({ variation, criterion, low, high }) => (
            <p key={`${variation} ${criterion}`} className="tabular-nums">
              {variationLetter(variation)}, {criterion}: {low} to {high}
            </p>
          ))}
        </section>
      )}
      <p className="text-muted">Advice only: nothing is selected by it.</p>
    </section>
  );
}

function Headline({ review, advice }: { review: JudgeReview; advice: Advice | undefined }): ReactElement {
  const asked = review.orders.length;
  if (review.status === "running") {
    return (
      <>
        {review.samples.length + review.failedSamples.length} of {asked} {asked === 1 ? "sample" : "samples"} in…
      </>
    );
  }
  if (advice === undefined) return <>The judge gave no advice</>;
  if (advice.preferred === undefined) return <>{advice.summary}</>;
  const [before, after] = advice.summary.split(` ${variationLetter(advice.preferred)} `);
  return (
    <>
      {before} <Letter variation={advice.preferred} /> {after}
    </>
  );
}

function SampleList({ review, advice }: { review: JudgeReview; advice: Advice | undefined }): ReactElement {
  return (
    <ul aria-label="Samples" className="flex flex-wrap gap-x-3.5 gap-y-1.5 text-muted">
      {review.orders.map((_, sample) => {
        const vote = advice?.votes.find((one) => one.sample === sample)?.vote;
        const failed = review.failedSamples.find((one) => one.sample === sample);
        return (
          <li key={sample} className="flex items-center gap-1.5" title={failed?.message}>
            {vote === undefined ? <Blank text={failed === undefined ? "·" : "✕"} /> : <VoteMark vote={vote} />}
            <span>
              {vote === undefined
                ? failed !== undefined
                  ? "failed"
                  : review.status === "running"
                    ? "at work"
                    : "none"
                : voteWord(vote, sample)}
              {vote?.kind !== "winner" && <span className="sr-only">, sample {sample + 1}</span>}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function VoteMark({ vote }: { vote: Vote }): ReactElement {
  if (vote.kind === "winner") return <Letter variation={vote.variation} />;
  if (vote.kind !== "tie") return <Blank text="–" />;
  return (
    <>
      {vote.variations.map((variation) => (
        <Letter key={variation} variation={variation} />
      ))}
    </>
  );
}

function Blank({ text }: { text: string }): ReactElement {
  return (
    <span aria-hidden="true" className="inline-grid size-[18px] shrink-0 place-items-center rounded bg-hover font-mono text-[11px]">
      {text}
    </span>
  );
}

function voteWord(vote: Vote, sample: number): string {
  return { winner: `sample ${sample + 1}`, tie: "tie", abstain: "abstained", unsupported: "no claim holds" }[vote.kind];
}

function Facts({ review }: { review: JudgeReview }): ReactElement {
  const out = review.gates.filter(({ allowed }) => !allowed);
  const files = review.leftOut.reduce((sum, one) => sum + one.files.length, 0);
  const facts: [string, string][] = [
    ["Model", `${modelLabel(review.model)}, ${review.forced ? "a contestant: asked nevertheless" : "not a contestant"}`],
    ["Saw", `blinded: no names, no transcripts${files > 0 ? `; ${files} long ${files === 1 ? "file" : "files"} left out` : ""}`],
    ["Order", `shuffled for each sample, seed ${review.seed}`],
    [
      "Gates",
      out.length === 0
        ? "all variations pass"
        : out.map(({ variation, reason }) => `${variationLetter(variation)} left out: ${reason}`).join("; "),
    ],
    ["Cost", costOf(review)],
  ];
  return (
    <dl className="grid grid-cols-[56px_1fr] gap-y-0.5 border-line border-y py-2.5 tabular-nums [overflow-wrap:anywhere]">
      {facts.map(([name, text]) => (
        <Fragment key={name}>
          <dt className="text-muted">{name}</dt>
          <dd>{text}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

function costOf({ usage, estimate }: JudgeReview): string {
  const before = estimate.dollars === null || estimate.dollars === 0 ? "" : `, estimated ${formatSpent({ dollars: estimate.dollars })}`;
  return `${formatSpent(usage)}${before}`;
}
