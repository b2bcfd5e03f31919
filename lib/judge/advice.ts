import type { JudgeClaim, JudgeSample } from "../run/judge-events";
import type { JudgeReview } from "../run/judge-state";
import { variationLetter } from "../run/select";

/** One criterion of one variation, over all samples. */
export interface CriterionScore {
  criterion: string;
  /** Null: no score counts. */
  mean: number | null;
  /** Lowest and highest: how far the samples are apart. */
  low: number;
  high: number;
  /** Samples whose score counts, of those that gave one. */
  counted: number;
  given: number;
}

export interface RankedVariation {
  variation: number;
  /** Samples that prefer it alone, and whose preference counts. */
  votes: number;
  /** Place among the candidates, from 1, over the samples whose scores rank it; ties share the mean of their places. */
  meanRank: number | null;
  bestRank: number;
  worstRank: number;
  /** By the rubric's weights. */
  meanScore: number | null;
  scores: CriterionScore[];
}

/** What one sample's verdict counts as. `unsupported`: no claim that holds speaks for its winner. */
export type Vote =
  | { kind: "winner"; variation: number }
  | { kind: "tie"; variations: readonly number[] }
  | { kind: "abstain" }
  | { kind: "unsupported" };

export interface Advice {
  /** Best first. */
  ranking: RankedVariation[];
  votes: { sample: number; vote: Vote }[];
  /** More than half of the samples prefer it, and no other is ranked before it; undefined: no clear winner. */
  preferred: number | undefined;
  summary: string;
}

type Reviewed = Pick<JudgeReview, "rubric" | "candidates" | "samples">;

/**
 * What samples come to together. Scores without a claim whose citation holds count for nothing, and neither do votes for a winner that no such claim
 * speaks for. Undefined while there is no sample.
 */
export function adviceOf(review: Reviewed): Advice | undefined {
  if (review.samples.length === 0) return undefined;
  const votes = [...review.samples]
    .sort((one, other) => one.sample - other.sample)
    .map((sample) => ({ sample: sample.sample, vote: voteOf(sample) }));
  const placings = review.samples.map((sample) => placesOf(review, sample));
  const ranking = review.candidates
    .map(({ variation }): RankedVariation => {
      const places = placings.flatMap((places) => places.get(variation)?.place ?? []);
      const totals = placings.flatMap((places) => places.get(variation)?.score ?? []);
      return {
        variation,
        votes: votes.filter(({ vote }) => vote.kind === "winner" && vote.variation === variation).length,
        meanRank: mean(places),
        bestRank: Math.min(...places),
        worstRank: Math.max(...places),
        meanScore: mean(totals),
        scores: review.rubric.map(({ id }) => criterionScore(review.samples, variation, id)),
      };
    })
    .sort(
      (one, other) =>
        (one.meanRank ?? Number.MAX_VALUE) - (other.meanRank ?? Number.MAX_VALUE) ||
        other.votes - one.votes ||
        one.variation - other.variation,
    );
  const preferred = clearWinner(ranking, votes.length);
  return { ranking, votes, preferred, summary: summaryOf(ranking, votes, preferred) };
}

/** Whether a score of a sample rests on a claim that holds. */
export function isSupported({ claims }: JudgeSample, variation: number, criterion: string): boolean {
  return claims.some((claim) => claim.verified && claim.variation === variation && claim.criterion === criterion);
}

/** See `Vote`. */
export function voteOf({ verdict, preferred, claims }: JudgeSample): Vote {
  const [first] = preferred;
  if (verdict === "abstain" || first === undefined) return { kind: "abstain" };
  if (verdict === "tie") return { kind: "tie", variations: preferred };
  const holds = ({ variation, stance, verified }: JudgeClaim): boolean => variation === first && stance === "for" && verified;
  return claims.some(holds) ? { kind: "winner", variation: first } : { kind: "unsupported" };
}

function clearWinner(ranking: readonly RankedVariation[], samples: number): number | undefined {
  const most = [...ranking].sort((one, other) => other.votes - one.votes)[0];
  if (most === undefined || most.votes * 2 <= samples) return undefined;
  const before = ranking.some(({ meanRank }) => meanRank !== null && (most.meanRank === null || meanRank < most.meanRank));
  return before ? undefined : most.variation;
}

function summaryOf(ranking: readonly RankedVariation[], votes: Advice["votes"], preferred: number | undefined): string {
  const samples = votes.length === 1 ? "1 sample" : `${votes.length} samples`;
  const most = Math.max(0, ...ranking.map(({ votes: own }) => own));
  if (preferred !== undefined) return `Prefers ${variationLetter(preferred)} in ${most} of ${samples}`;
  const ties = votes.filter(({ vote }) => vote.kind === "tie").length;
  if (ties * 2 > votes.length) return `No clear winner: a tie in ${ties} of ${samples}`;
  if (votes.every(({ vote }) => vote.kind === "abstain")) return "No clear winner: the judge abstained";
  return most * 2 > votes.length ? "No clear winner: its votes and its scores disagree" : `No clear winner in ${samples}`;
}

function criterionScore(samples: readonly JudgeSample[], variation: number, criterion: string): CriterionScore {
  const given = samples.flatMap((sample) =>
    sample.scores.flatMap((one) =>
      one.variation === variation && one.criterion === criterion && one.score !== null ? [{ sample, score: one.score }] : [],
    ),
  );
  const counted = given.filter(({ sample }) => isSupported(sample, variation, criterion)).map(({ score }) => score);
  return {
    criterion,
    mean: mean(counted),
    low: Math.min(...counted),
    high: Math.max(...counted),
    counted: counted.length,
    given: given.length,
  };
}

/**
 * Each candidate's place in one sample, by the weighted mean of its counted scores. Only criteria on which all that are ranked have a score count: a
 * mean of other criteria is no comparison. Empty when the sample abstained, or fewer than two candidates are left.
 */
function placesOf({ rubric, candidates }: Reviewed, sample: JudgeSample): Map<number, { place: number; score: number }> {
  const scoreOf = (variation: number, criterion: string): number | undefined => {
    if (!isSupported(sample, variation, criterion)) return undefined;
    return sample.scores.find((one) => one.variation === variation && one.criterion === criterion)?.score ?? undefined;
  };
  if (sample.verdict === "abstain") return new Map();
  const scored = candidates.filter(({ variation }) => rubric.some(({ id }) => scoreOf(variation, id) !== undefined));
  const shared = rubric.filter(({ id }) => scored.every(({ variation }) => scoreOf(variation, id) !== undefined));
  const weight = shared.reduce((sum, criterion) => sum + criterion.weight, 0);
  if (weight === 0 || scored.length < 2) return new Map();
  const totals = scored.map(({ variation }) => ({
    variation,
    score: shared.reduce((sum, { id, weight: own }) => sum + own * (scoreOf(variation, id) ?? 0), 0) / weight,
  }));
  return new Map(
    totals.map(({ variation, score }) => {
      const better = totals.filter((other) => other.score > score).length;
      const same = totals.filter((other) => other.score === score).length;
      return [variation, { place: better + (same + 1) / 2, score }];
    }),
  );
}

function mean(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
