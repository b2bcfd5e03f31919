import type { JudgeEvent, JudgeSample } from "./judge-events";
import { noUsage, type Usage } from "./state";

type Requested = Extract<JudgeEvent, { type: "judge.requested" }>;

/** One review of a run by a model. */
export interface JudgeReview extends Omit<Requested, "type"> {
  status: "running" | "finished" | "failed";
  /** ms since the epoch. */
  requestedAt: number;
  endedAt?: number;
  /** In the order in which they came. */
  samples: readonly JudgeSample[];
  failedSamples: readonly { sample: number; message: string }[];
  usage: Usage;
  /** Why it failed. */
  failure?: string;
}

/** Folds one event into all reviews of a run, oldest first. */
export function reduceJudge(reviews: readonly JudgeReview[], event: JudgeEvent, at: number): readonly JudgeReview[] {
  if (event.type === "judge.requested") {
    const { type: _, ...asked } = event;
    return [...reviews, { ...asked, status: "running", requestedAt: at, samples: [], failedSamples: [], usage: noUsage }];
  }
  return reviews.map((review) => (review.id === event.id ? reduceReview(review, event, at) : review));
}

function reduceReview(review: JudgeReview, event: Exclude<JudgeEvent, Requested>, at: number): JudgeReview {
  switch (event.type) {
    case "judge.sampled": {
      const { type: _, id: __, ...sample } = event;
      return { ...review, samples: [...review.samples, sample] };
    }
    case "judge.sample_failed":
      return { ...review, failedSamples: [...review.failedSamples, { sample: event.sample, message: event.message }] };
    case "judge.charged":
      return { ...review, usage: charged(review.usage, event) };
    case "judge.finished":
      return { ...review, status: "finished", endedAt: at };
    case "judge.failed":
      return { ...review, status: "failed", endedAt: at, failure: event.reason };
  }
}

function charged(usage: Usage, event: Extract<JudgeEvent, { type: "judge.charged" }>): Usage {
  return {
    inputTokens: usage.inputTokens + event.inputTokens,
    outputTokens: usage.outputTokens + event.outputTokens,
    cacheReadTokens: usage.cacheReadTokens + event.cacheReadTokens,
    cacheWriteTokens: usage.cacheWriteTokens + event.cacheWriteTokens,
    dollars: usage.dollars + (event.dollars ?? 0),
    ...((usage.unpriced || event.dollars === null) && { unpriced: true }),
  };
}
