import type { ReactElement } from "react";
import { Letter } from "@/components/variation/letter";
import type { Advice, CriterionScore } from "@/lib/judge/advice";
import type { JudgeReview } from "@/lib/run/judge-state";

const cell = "border-line border-t py-1 pl-2 text-right align-top font-normal tabular-nums";

/** Each criterion's mean per variation, best first, with how far the samples are apart. */
export function ScoreTable({ review, advice }: { review: JudgeReview; advice: Advice }): ReactElement {
  const { ranking } = advice;
  return (
    // Five columns are wider than a narrow panel.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div tabIndex={0} role="region" aria-label="Scores" className="overflow-x-auto">
      <table className="w-full border-line border-b">
        <caption className="pb-1 text-left text-muted">Scores from 0 to 10: mean, and lowest to highest where samples differ</caption>
        <thead>
          <tr>
            <th scope="col" className="py-1 text-left font-normal text-muted">
              Criterion
            </th>
            {ranking.map(({ variation }) => (
              <th key={variation} scope="col" className="py-1 pl-2 text-right">
                <Letter variation={variation} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {review.rubric.map(({ id, name, weight }, at) => (
            <tr key={id}>
              <th scope="row" className="border-line border-t py-1 text-left align-top font-normal">
                {name} <span className="text-muted">×{weight}</span>
              </th>
              {ranking.map(({ variation, scores }) => (
                <td key={variation} className={cell}>
                  <Score score={scores[at]} />
                </td>
              ))}
            </tr>
          ))}
          <tr>
            <th scope="row" className="border-line border-t py-1 text-left align-top font-semibold">
              Mean rank
            </th>
            {ranking.map(({ variation, meanRank, bestRank, worstRank }) => (
              <td key={variation} className={cell}>
                {meanRank === null ? <None why="not ranked" /> : <Spread mean={meanRank} low={bestRank} high={worstRank} />}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  );
}

function Score({ score }: { score: CriterionScore | undefined }): ReactElement {
  if (score === undefined || score.mean === null) return <None why={score?.given ? "no claim holds" : "abstained"} />;
  return <Spread mean={score.mean} low={score.low} high={score.high} />;
}

function Spread({ mean, low, high }: { mean: number; low: number; high: number }): ReactElement {
  return (
    <>
      {mean.toFixed(1)}
      {low !== high && (
        <span className="block text-[11px] text-muted">
          {low}–{high}
        </span>
      )}
    </>
  );
}

function None({ why }: { why: string }): ReactElement {
  return (
    <span className="text-muted" title={why}>
      –<span className="sr-only"> {why}</span>
    </span>
  );
}
