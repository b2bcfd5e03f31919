import { randomBytes, randomInt } from "node:crypto";
import Anthropic from "@anthropic-ai/sdk";
import { judgeGates } from "@/lib/judge/gates";
import type { Criterion } from "@/lib/judge/rubric";
import { judgeOrders } from "@/lib/judge/shuffle";
import { isRecord } from "@/lib/parse-json";
import { dollarsFor } from "@/lib/pricing/prices";
import type { ReviewEstimateResponse, RunReviewsResponse, StartReviewOrder } from "@/lib/protocol/judge";
import type { JudgeEvent } from "@/lib/run/judge-events";
import { modelKind } from "@/lib/run/model-kind";
import { totalUsage, variationLetter } from "@/lib/run/select";
import type { RunState } from "@/lib/run/state";
import { AppError } from "../app-error";
import { createJudgeClient, type JudgeClient } from "./ask-judge";
import { ANSWER_TOKENS, buildQuestion, TYPICAL_ANSWER_TOKENS } from "./build-prompt";
import { describeReview } from "./describe-review";
import { type Gathered, gatherCandidates } from "./gather-candidates";
import type { JudgeContext } from "./judge-context";
import { createOpenReviews } from "./open-reviews";
import { readVerdict } from "./read-verdict";

/** Reviews of runs by a model: advice, from which nothing follows by itself. */
export interface JudgeService {
  list(runId: string): Promise<RunReviewsResponse>;
  /** What a review would cost; asks no model for an answer. */
  estimate(runId: string, order: StartReviewOrder): Promise<ReviewEstimateResponse>;
  /** Resolves once it is in the log; its samples follow. */
  start(runId: string, order: StartReviewOrder): Promise<{ id: string }>;
  /** Ends the one that is under way; samples that came count. */
  cancel(runId: string): Promise<{ id: string }>;
  /** At start: ends what a killed server had under way; its cost is kept. */
  recover(): Promise<void>;
  settled(): Promise<void>;
}

export const INTERRUPTED = "Interrupted: the server was stopped while the judge was at work. Ask again.";
const STOPPED = "It was stopped.";
/** Of a prompt, where nobody counts. */
const CHARACTERS_PER_TOKEN = 3.5;

interface Prepared {
  run: RunState;
  base: string;
  rubric: Criterion[];
  candidates: Gathered[];
  estimate: ReviewEstimateResponse;
}

/** See `JudgeService`. */
export function createJudgeService(context: JudgeContext): JudgeService {
  const { writer, rubrics, tokens, socketPath, prices, log, now, draining } = context;
  const open = createOpenReviews(context.dataDir);
  const running = new Map<string, { abort: AbortController; ended: Promise<void> }>();
  const starting = new Set<string>();

  async function stateOf(runId: string): Promise<RunState> {
    const state = await writer.state(runId);
    if (state === undefined) throw new AppError("not_found", `There is no run ${runId}.`);
    return state;
  }

  async function tell(runId: string, ...events: JudgeEvent[]): Promise<void> {
    const at = now();
    await writer.record(
      runId,
      events.map((event) => ({ at, event })),
    );
  }

  /** The client of one sample, or of counting; its token ends with `task`. */
  async function asJudge<T>(
    run: RunState,
    model: string,
    place: { review: string; sample: number },
    task: (client: JudgeClient) => Promise<T>,
  ): Promise<T> {
    const token = tokens.issue({ runId: run.runId, projectId: run.projectId, attempt: place.sample, model, review: place.review });
    try {
      return await task(createJudgeClient({ socketPath, token, model }));
    } finally {
      tokens.revoke(token);
    }
  }

  async function checkModel(run: RunState, { model, force }: StartReviewOrder): Promise<void> {
    const refuse = (message: string, remedy: string) => new AppError("bad_request", message, [{ field: "model", message: remedy }]);
    if (modelKind(model) === "demo") throw refuse("The demo model follows a script and cannot judge.", "Choose a provider's model.");
    const refused = await context.refuseModel(model);
    if (refused !== undefined) throw refuse(refused, refused);
    if (!force && isContestant(run, model)) {
      throw refuse(`${model} made one of the variations: models prefer their own work.`, "Choose another model, or give force: true.");
    }
  }

  async function prepare(runId: string, order: StartReviewOrder): Promise<Prepared> {
    const run = await stateOf(runId);
    const refusal = refusalOf(run);
    if (refusal !== undefined || run.base === undefined) throw new AppError("conflict", refusal ?? "There is no base yet.");
    await checkModel(run, order);
    const rubric = order.rubric ?? (await rubrics.rubric(run.projectId));
    const base = run.base.commit;
    const allowed = judgeGates(run).filter((gate) => gate.allowed);
    const candidates = await gatherCandidates(
      context,
      run,
      base,
      allowed.map(({ variation }) => variation),
    );
    const question = buildQuestion({ task: run.prompt, rubric, candidates });
    const guess = Math.ceil(JSON.stringify(question).length / CHARACTERS_PER_TOKEN);
    const promptTokens = await asJudge(run, order.model, { review: "estimate", sample: 0 }, (client) =>
      client.countTokens(question, AbortSignal.timeout(5_000)),
    ).catch(() => guess);
    return { run, base, rubric, candidates, estimate: estimateOf(run, order, promptTokens, candidates) };
  }

  function estimateOf(
    run: RunState,
    { model, samples }: StartReviewOrder,
    promptTokens: number,
    candidates: Gathered[],
  ): ReviewEstimateResponse {
    const priced = (outputTokens: number): number | null => {
      const one = dollarsFor(model, { inputTokens: promptTokens, outputTokens, cacheReadTokens: 0, cacheWriteTokens: 0 }, prices());
      return one === null ? null : one * samples;
    };
    return {
      prompt_tokens: promptTokens,
      samples,
      dollars: priced(TYPICAL_ANSWER_TOKENS),
      most_dollars: priced(ANSWER_TOKENS),
      left_dollars: run.maxDollars === undefined ? null : Math.max(0, run.maxDollars - totalUsage(run).dollars),
      left_out: candidates
        .filter(({ leftOut }) => leftOut.length > 0)
        .map(({ variation, leftOut }) => ({ variation, files: [...leftOut] })),
    };
  }

  async function review(
    runId: string,
    id: string,
    order: StartReviewOrder,
    prepared: Prepared,
    orders: number[][],
    signal: AbortSignal,
  ): Promise<void> {
    const { run, rubric, candidates } = prepared;
    const one = async (places: number[], sample: number): Promise<boolean> => {
      const shown = places.flatMap((variation) => candidates.find((candidate) => candidate.variation === variation) ?? []);
      try {
        const question = buildQuestion({ task: run.prompt, rubric, candidates: shown });
        const found = await asJudge(run, order.model, { review: id, sample }, (client) =>
          client.ask(question, (input) => readVerdict(input, { sample, shown, rubric }), signal),
        );
        await tell(runId, { type: "judge.sampled", id, ...found });
        return true;
      } catch (error) {
        if (!signal.aborted) await tell(runId, { type: "judge.sample_failed", id, sample, message: wordsOf(error) });
        return false;
      }
    };
    const came = await Promise.all(orders.map(one));
    // What a restart finds under way it ends.
    if (draining.aborted) return;
    if (signal.aborted) await tell(runId, { type: "judge.failed", id, reason: STOPPED });
    else if (came.includes(true)) await tell(runId, { type: "judge.finished", id });
    else {
      const why = (await stateOf(runId)).reviews.find((known) => known.id === id)?.failedSamples[0]?.message;
      await tell(runId, { type: "judge.failed", id, reason: why ?? "No sample gave a verdict." });
    }
    await open.clear(runId);
  }

  async function begin(runId: string, order: StartReviewOrder): Promise<{ id: string }> {
    const prepared = await prepare(runId, order);
    const { run, base, rubric, candidates, estimate } = prepared;
    if (estimate.left_dollars !== null && (estimate.dollars ?? 0) > estimate.left_dollars) {
      const [cost, left] = [estimate.dollars ?? 0, estimate.left_dollars].map((dollars) => `$${dollars.toFixed(4)}`);
      throw new AppError(
        "conflict",
        `The review would cost about ${cost}, and the run's cap leaves ${left}. Take fewer samples or a cheaper model.`,
      );
    }
    const id = randomBytes(10).toString("hex");
    const seed = order.seed ?? randomInt(2 ** 31);
    const orders = judgeOrders(
      candidates.map(({ variation }) => variation),
      order.samples,
      seed,
    );
    await open.mark(runId);
    await tell(runId, {
      type: "judge.requested",
      id,
      model: order.model,
      forced: isContestant(run, order.model),
      seed,
      rubric,
      gates: judgeGates(run),
      base,
      candidates: candidates.map(({ variation, commit }) => ({ variation, commit })),
      orders,
      leftOut: estimate.left_out,
      estimate: { promptTokens: estimate.prompt_tokens, dollars: estimate.dollars },
    });
    const abort = new AbortController();
    const signal = AbortSignal.any([abort.signal, draining]);
    const ended = review(runId, id, order, prepared, orders, signal)
      .catch((error: unknown) => log.error({ err: error, runId, id }, "a review could not be told"))
      .finally(() => running.delete(runId));
    running.set(runId, { abort, ended });
    return { id };
  }

  return {
    async list(runId) {
      const run = await stateOf(runId);
      const models = (await context.models()).filter(({ kind }) => kind !== "demo");
      const none =
        models.length === 0 ? "No model is there that could judge: enter a provider's key in Settings. The demo model cannot." : undefined;
      return {
        gates: judgeGates(run).map(({ variation, allowed, reason }) => ({ variation, allowed, reason: reason ?? null })),
        refusal: refusalOf(run) ?? none ?? null,
        models: models.map((model) => ({ ...model, contestant: isContestant(run, model.id) })),
        rubric: await rubrics.rubric(run.projectId),
        reviews: [...run.reviews].reverse().map(describeReview),
      };
    },
    estimate: async (runId, order) => (await prepare(runId, order)).estimate,
    async start(runId, order) {
      // One that is told already is over in a moment.
      if ((await stateOf(runId)).reviews.at(-1)?.status !== "running") await running.get(runId)?.ended;
      if (running.has(runId) || starting.has(runId)) {
        throw new AppError("conflict", "The judge is at work on this run already. Wait for it, or stop it.");
      }
      starting.add(runId);
      try {
        return await begin(runId, order);
      } finally {
        starting.delete(runId);
      }
    },
    async cancel(runId) {
      const run = await stateOf(runId);
      const current = running.get(runId);
      const last = run.reviews.at(-1);
      if (current === undefined || last === undefined) throw new AppError("conflict", "No judge is at work on this run.");
      current.abort.abort();
      await current.ended;
      return { id: last.id };
    },
    async recover() {
      for (const runId of await open.list()) {
        try {
          const last = (await writer.state(runId))?.reviews.at(-1);
          if (last?.status === "running") await tell(runId, { type: "judge.failed", id: last.id, reason: INTERRUPTED });
          await open.clear(runId);
        } catch (error) {
          log.error({ err: error, runId }, "a review could not be recovered");
        }
      }
    },
    async settled() {
      await Promise.allSettled([...running.values()].map(({ ended }) => ended));
    },
  };
}

/** It made one of the variations, or stood by for one that did. */
function isContestant({ variations }: RunState, model: string): boolean {
  return variations.some(({ spec }) => spec.model === model || spec.fallbackModels?.includes(model) === true);
}

/** Why there is nothing to ask a model; undefined when there is. */
function refusalOf(run: RunState): string | undefined {
  const gates = judgeGates(run);
  const allowed = gates.filter((gate) => gate.allowed);
  if (allowed.length >= 2) return undefined;
  const out = gates
    .flatMap(({ variation, reason, allowed: passes }) => (passes ? [] : [`${variationLetter(variation)} ${reason}`]))
    .join("; ");
  const [only] = allowed;
  const left =
    only === undefined
      ? "No variation can be recommended"
      : `Only ${variationLetter(only.variation)} can be recommended, so there is nothing to compare`;
  return out === "" ? `${left}.` : `${left}: ${out}.`;
}

/** What the gateway or a provider said, without the wrapping. */
function wordsOf(error: unknown): string {
  if (error instanceof Anthropic.APIError && isRecord(error.error)) {
    const inner = isRecord(error.error.error) ? error.error.error.message : undefined;
    if (typeof inner === "string") return inner.slice(0, 500);
  }
  return (error instanceof Error ? error.message : String(error)).slice(0, 500);
}
