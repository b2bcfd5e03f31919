import type { ServerResponse } from "node:http";
import { isFree, worstCase } from "@/lib/pricing/prices";
import { ApiError } from "./api-error";
import { CapReached, type Reservation } from "./budget-ledger";
import { budgetRefusal, unpricedRefusal } from "./budget-refusal";
import { readShort, type UpstreamAnswer } from "./call-upstream";
import { countPrompt } from "./count-prompt";
import { ATTEMPT_HEADER, VARIATION_HEADER } from "./create-model-server";
import { forwardedHeaders } from "./forwarded-headers";
import type { AttemptGrant, Spender } from "./gateway";
import { type MessageBody, readMessageBody } from "./message-body";
import { diagnoseAnswer, diagnoseEvent, type Trouble } from "./provider-trouble";
import { type Passage, RunPaused } from "./run-breaker";
import type { MessageCall, ServeContext } from "./serve-context";
import { trackCall } from "./track-call";

/** Passes one call to a model of this process: it is free, and its failures are part of the script. */
export async function serveLocalMessage(context: ServeContext, call: MessageCall): Promise<void> {
  const { grant, path, request, response, signal } = call;
  const body = call.body.render({ model: grant.model });
  const tracked = trackCall(context, grant, { model: grant.model, body, maxTokens: Number.MAX_SAFE_INTEGER });
  const upstream = localUpstream(context, grant);
  const headers = forwardedHeaders(request.headers);
  const answer = await context.dialer.call({ upstream, path, body, headers, signal, patienceMs: context.patience.wholeAnswerMs });
  if (answer.status < 300) return void (await tracked.answered(answer, response, signal));
  await passError(response, answer, await readClean(context, answer));
  await tracked.failed({ outcome: "failed", status: answer.status });
}

/** Where the models of this process are reached, and as whom. */
export function localUpstream({ models }: ServeContext, { runId, variation, attempt, review }: AttemptGrant) {
  // A scenario's variations are a review's samples.
  const headers = {
    [VARIATION_HEADER]: String(review === undefined ? variation : attempt),
    [ATTEMPT_HEADER]: `${runId}/${review ?? variation}/${attempt}`,
  };
  return { baseUrl: models.baseUrl, apiKey: models.apiKey, headers };
}

/** A short answer's body without the server's secrets: what leaves this process, or is kept, of an error may quote the key. */
export async function readClean({ options }: ServeContext, answer: UpstreamAnswer): Promise<Buffer> {
  return Buffer.from(options.redact((await readShort(answer)).toString("utf8")));
}

/** An error answer of a provider, kept while other models are tried. */
interface Refused {
  answer: UpstreamAnswer;
  text: Buffer;
  trouble: Trouble;
}

/**
 * Passes one call to the provider: waits while the run is paused, holds back its price, takes its turn, tries the fallbacks, pauses the run
 * when nobody answers for reasons of rate or quota. Rejects with the `ApiError` that the caller is to get.
 */
export async function serveProviderMessage(context: ServeContext, call: MessageCall): Promise<void> {
  const { grant, signal, response } = call;
  const since = performance.now();
  const body = readMessageBody(call.body);
  let last: Refused | undefined;
  for (;;) {
    let passage: Passage;
    try {
      passage = await context.breaker.pass(grant.runId, { since, signal });
    } catch (error) {
      if (!(error instanceof RunPaused)) throw error;
      throw pausedAnswer(error, last);
    }
    const outcome = await inPassage(passage, () => tryModels(context, call, body, passage));
    if (outcome === "answered") return;
    if (outcome === "paused meanwhile") continue;
    last = outcome;
    if (last.trouble.kind === "limit") passage.refused(last.trouble);
    else {
      passage.succeeded();
      return passError(response, last.answer, last.text);
    }
  }
}

/** Whatever happens, the passage is given back. */
async function inPassage<T>(passage: Passage, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    passage.abandoned();
    throw error;
  }
}

/** The model asked for, then its fallbacks in order; the last refusal where none answers. */
async function tryModels(
  context: ServeContext,
  call: MessageCall,
  body: MessageBody,
  passage: Passage,
): Promise<Refused | "answered" | "paused meanwhile"> {
  const { grant } = call;
  const models = [grant.model, ...(grant.fallbacks ?? []).filter((model) => model !== grant.model && !isFree(model))];
  let refused: Refused | undefined;
  let unreachable: unknown;
  for (const [place, model] of models.entries()) {
    const rest = place < models.length - 1;
    const why = refused === undefined ? "cannot be reached" : `answered ${refused.answer.status}`;
    try {
      const outcome = await tryModel(context, call, body, { model, why: place === 0 ? undefined : why, passage });
      if (typeof outcome === "string") return outcome;
      refused = outcome;
      // Another model would be asked the same wrong question.
      if (outcome.trouble.kind === "request") return outcome;
    } catch (error) {
      if (call.signal.aborted || !(error instanceof ApiError)) throw error;
      // A fallback that does not fit the budget is none; what the first one said counts.
      if (place > 0 && error.status === 402) continue;
      if (error.status < 500 || !rest) {
        if (refused !== undefined) return refused;
        throw error;
      }
      unreachable = error;
    }
  }
  if (refused === undefined) throw unreachable;
  return refused;
}

async function tryModel(
  context: ServeContext,
  call: MessageCall,
  body: MessageBody,
  { model, why, passage }: { model: string; why: string | undefined; passage: Passage },
): Promise<Refused | "answered" | "paused meanwhile"> {
  const { dialer, patience } = context;
  const { grant, path, request, response, signal } = call;
  const reservation = await reserve(context, call, body, model);
  let release: (() => void) | undefined;
  try {
    release = await context.gate.enter(`${grant.runId}/${grant.variation}`, signal);
    // While this one waited for its turn another one was told to slow down.
    if (passage.overtaken()) return "paused meanwhile";
    const sent = body.render(model, reservation.maxTokens);
    const tracked = trackCall(context, grant, { model, body: sent, maxTokens: reservation.maxTokens, reservation });
    let answer: UpstreamAnswer;
    try {
      const patienceMs = body.stream ? patience.firstByteMs : patience.wholeAnswerMs;
      const headers = forwardedHeaders(request.headers);
      answer = await dialer.call({ upstream: providerOf(context, model), path, body: sent, headers, signal, patienceMs });
    } catch (error) {
      const status = error instanceof ApiError ? error.status : 0;
      await tracked.failed({
        outcome: signal.aborted ? "cut" : "failed",
        status,
        error: error instanceof Error ? error.message : undefined,
      });
      throw error;
    }
    if (answer.status < 300) {
      passage.succeeded();
      if (why !== undefined) await notice(context, grant, `${grant.model} ${why}: ${model} answers instead.`);
      if (reservation.limitedBy !== undefined) await notice(context, grant, shortened(reservation, body.maxTokens));
      const broken = await tracked.answered(answer, response, signal);
      const trouble = broken === undefined ? undefined : diagnoseEvent(broken);
      if (trouble?.kind === "limit") passage.refused(trouble);
      return "answered";
    }
    const text = await readClean(context, answer);
    const requestId = answer.headers["request-id"];
    await tracked.failed({
      outcome: "failed",
      status: answer.status,
      requestId: typeof requestId === "string" ? requestId : undefined,
      error: text.toString("utf8"),
      responseBody: text.toString("utf8"),
    });
    return { answer, text, trouble: diagnoseAnswer(answer.status, answer.headers, text, Date.now()) };
  } finally {
    release?.();
    reservation.settle(0);
  }
}

/** Holds back the price of a call; rejects with the 402 that names the cap and the remedy. */
async function reserve(context: ServeContext, call: MessageCall, body: MessageBody, model: string): Promise<Reservation> {
  const { grant, signal } = call;
  const { options, ledger } = context;
  const month = new Date().toISOString().slice(0, 7);
  const { runId, variation, projectId, caps = {} } = grant;
  const spenders: { spender: Spender; cap: number | undefined }[] = [
    { spender: { kind: "variation", runId, variation }, cap: caps.variation },
    { spender: { kind: "run", runId }, cap: caps.run },
    { spender: { kind: "project", projectId, month }, cap: caps.project },
  ];
  const capped = spenders.some(({ cap }) => cap !== undefined);
  const { maxTokens, leastTokens, cache } = body;
  const priceOf = (promptTokens: number) => worstCase(model, { promptTokens, cache }, options.prices());
  const price = priceOf(body.promptTokens) ?? (capped ? undefined : { promptDollars: 0, dollarsPerOutputToken: 0 });
  try {
    if (price === undefined) throw unpricedRefusal(model, grant);
    // Where it is getting tight: the provider knows better how long the prompt is.
    const refine = async () => priceOf(await countPrompt(context, call, body, model)) ?? price;
    return await ledger.reserve({ spenders, ...price, maxTokens, leastTokens, refine }, signal);
  } catch (error) {
    const refusal = error instanceof CapReached ? budgetRefusal(error) : error;
    if (refusal instanceof ApiError) {
      const tracked = trackCall(context, grant, { model, body: "", maxTokens: 0 });
      await tracked.failed({ outcome: "refused", status: refusal.status, error: refusal.message });
    }
    throw refusal;
  }
}

/** The provider; throws the `ApiError` that says how to get one. */
export function providerOf({ options: { provider } }: ServeContext, model: string): { baseUrl: string; apiKey?: string } {
  const current = provider?.();
  if (current !== undefined) return current;
  throw new ApiError(
    400,
    "invalid_request_error",
    `No model provider is configured, so ${model} cannot answer. Enter a key on the page Settings, or set ANTHROPIC_API_KEY or ANTHROPIC_BASE_URL and start the server again.`,
  );
}

/** Once per attempt and text: the transcript is not the place for a line per call. */
async function notice({ options, notices }: ServeContext, grant: AttemptGrant, message: string): Promise<void> {
  const key = `${grant.runId}/${grant.variation}/${grant.attempt} ${message}`;
  if (notices.has(key)) return;
  if (notices.size > 10_000) notices.clear();
  notices.add(key);
  await options.onNotice(grant, message).catch(options.onError);
}

function shortened({ limitedBy }: Reservation, asked: number): string {
  const whose = limitedBy?.spender.kind === "project" ? "the project's monthly budget" : `the cap of this ${limitedBy?.spender.kind}`;
  return `Answers are kept shorter than the ${asked.toLocaleString("en-US")} tokens asked for, so that ${whose} ($${limitedBy?.cap}) holds.`;
}

/** What the provider said, or would say, with the time to wait that the breaker knows. */
function pausedAnswer({ pause }: RunPaused, last: Refused | undefined): ApiError {
  const seconds = Math.max(1, Math.ceil((pause.until - Date.now()) / 1_000));
  const [status, type] = last?.answer.status === 529 ? ([529, "overloaded_error"] as const) : ([429, "rate_limit_error"] as const);
  return new ApiError(status, type, `The run is paused for ${seconds} seconds. ${pause.reason}`, {
    "retry-after": String(seconds),
    "x-aideator-paused": new Date(pause.until).toISOString(),
  });
}

async function passError(response: ServerResponse, { status, headers }: UpstreamAnswer, text: Buffer): Promise<void> {
  response.writeHead(status, headers).end(text);
}
