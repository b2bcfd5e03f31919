import type { JudgeReview } from "../run/judge-state";
import { andList } from "../run/letters";
import { variationLetter } from "../run/select";
import { type Advice, type Vote } from "./advice";

/** Where samples are apart. */
export interface Disagreement {
  /** `A in samples 1 and 2; abstained in sample 3`; undefined when all say the same. */
  votes: string | undefined;
  /** What those said that do not follow the most. */
  reasons: { sample: number; text: string }[];
  /** Scores at least `APART` points apart, the widest first. */
  scores: { variation: number; criterion: string; low: number; high: number }[];
}

const APART = 3;

/** See `Disagreement`; undefined when there is none to show. */
export function disagreementOf(review: Pick<JudgeReview, "samples" | "rubric">, { votes, ranking }: Advice): Disagreement | undefined {
  const groups = new Map<string, number[]>();
  for (const { sample, vote } of votes) groups.set(wordsOf(vote), [...(groups.get(wordsOf(vote)) ?? []), sample]);
  const [most] = [...groups].sort(([, one], [, other]) => other.length - one.length);
  const apart = votes.filter(({ vote }) => wordsOf(vote) !== most?.[0]);
  const scores = ranking
    .flatMap(({ variation, scores: all }) =>
      all
        .filter(({ counted, low, high }) => counted > 1 && high - low >= APART)
        .map(({ criterion, low, high }) => ({
          variation,
          criterion: review.rubric.find(({ id }) => id === criterion)?.name ?? criterion,
          low,
          high,
        })),
    )
    .sort((one, other) => other.high - other.low - (one.high - one.low));
  if (groups.size < 2 && scores.length === 0) return undefined;
  const said = [...groups].map(([words, samples]) => `${words} in ${samples.length === 1 ? "sample" : "samples"} ${listed(samples)}`);
  return {
    votes: groups.size < 2 ? undefined : `${said.join("; ")}.`,
    reasons: apart.flatMap(({ sample }) => {
      const text = review.samples.find((one) => one.sample === sample)?.reason ?? "";
      return text === "" ? [] : [{ sample, text }];
    }),
    scores,
  };
}

function wordsOf(vote: Vote): string {
  switch (vote.kind) {
    case "winner":
      return variationLetter(vote.variation);
    case "tie":
      return `a tie of ${[...vote.variations].sort().map(variationLetter).join(" and ")}`;
    case "abstain":
      return "abstained";
    case "unsupported":
      return "a winner without a claim that holds";
  }
}

function listed(samples: readonly number[]): string {
  return andList(samples.map((sample) => String(sample + 1)));
}
