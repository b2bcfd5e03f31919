import { adviceOf } from "@/lib/judge/advice";
import type { RunReviewsResponse } from "@/lib/protocol/judge";
import type { JudgeReview } from "@/lib/run/judge-state";

/** A review in the words of the API. */
export function describeReview(review: JudgeReview): RunReviewsResponse["reviews"][number] {
  const { usage, estimate, requestedAt, endedAt, failure } = review;
  const advice = adviceOf(review);
  return {
    id: review.id,
    status: review.status,
    model: review.model,
    forced: review.forced,
    seed: review.seed,
    samples_asked: review.orders.length,
    rubric: review.rubric,
    orders: review.orders,
    requested_at: new Date(requestedAt).toISOString(),
    ended_at: endedAt === undefined ? null : new Date(endedAt).toISOString(),
    estimated_dollars: estimate.dollars,
    usage: {
      input_tokens: usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens,
      output_tokens: usage.outputTokens,
      dollars: usage.dollars,
      unpriced: usage.unpriced === true,
    },
    samples: [...review.samples],
    failed_samples: [...review.failedSamples],
    failure: failure ?? null,
    advice:
      advice === undefined
        ? null
        : {
            preferred: advice.preferred ?? null,
            summary: advice.summary,
            ranking: advice.ranking.map(({ variation, votes, meanRank, meanScore }) => ({
              variation,
              votes,
              mean_rank: meanRank,
              mean_score: meanScore,
            })),
          },
  };
}
