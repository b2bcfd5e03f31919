import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { setImmediate as soon } from "node:timers/promises";
import { dollarsFor, isFree, type TokenCounts } from "@/lib/pricing/prices";
import type { Reservation } from "./budget-ledger";
import type { CallEnd, CallRecord } from "./call-audit";
import { type ChunkWatcher, passBack, type UpstreamAnswer } from "./call-upstream";
import type { AttemptGrant } from "./gateway";
import { meterUsage } from "./meter-usage";
import type { ServeContext } from "./serve-context";

const HEADERS_ALONE_MS = 20;
/** Of a body that is kept in the audit. */
const KEPT_CHARACTERS = 256 * 1024;
const KEPT_ERROR_CHARACTERS = 1_000;

/** One call to one model, from the wish to its line in the audit. */
export interface TrackedCall {
  readonly record: CallRecord;
  /** Its end without an answer that costs. Never rejects. */
  failed(how: Omit<CallEnd, "totalMs" | "dollars" | "requestBody">): Promise<void>;
  /**
   * Passes the answer back, meters and charges it. Its end, from `message_stop` on, is held back until the call is charged, so that whoever
   * got the whole answer has also been charged for it. Resolves to the type of the error event that broke it off, if one did.
   */
  answered(answer: UpstreamAnswer, response: ServerResponse, signal: AbortSignal): Promise<string | undefined>;
}

/** Begins to track a call that is about to go out; `reservation` is settled with what it costs. */
export function trackCall(
  { options, patience }: ServeContext,
  grant: AttemptGrant,
  call: { model: string; body: string; maxTokens: number; reservation?: Reservation },
): TrackedCall {
  const began = performance.now();
  const { runId, projectId, variation, attempt, model: requestedModel } = grant;
  const record: CallRecord = {
    id: newCallId(),
    runId,
    projectId,
    variation,
    attempt,
    requestedModel,
    model: call.model,
    startedAt: Date.now(),
  };
  const end = async (how: CallEnd): Promise<void> => {
    const { error, requestBody, responseBody } = how;
    const texts = options.keepBodies ? { error, requestBody, responseBody } : { error };
    await options.audit.end(record, {
      ...how,
      requestBody: undefined,
      responseBody: undefined,
      ...(await cleaned(options, projectId, texts)),
    });
  };
  let writes: Promise<void> = Promise.resolve();
  /** In order, and never in the way of the answer: a socket sends what it was given only after all promises that are ready have run. */
  const write = (task: () => Promise<void>): void => {
    writes = writes
      .then(() => soon())
      .then(task)
      .catch(options.onError);
  };
  const priced = (counts: TokenCounts): number | null => dollarsFor(call.model, counts, options.prices());

  async function charge(counts: TokenCounts, dollars: number | null): Promise<void> {
    const requested = call.model === requestedModel ? undefined : requestedModel;
    try {
      await options.onUsage(grant, { model: call.model, requested, call: record.id, ...counts, dollars });
    } finally {
      // Spent it is, whether it could be written down or not.
      call.reservation?.settle(dollars);
    }
  }

  return {
    record,
    async failed(how) {
      call.reservation?.settle(0);
      write(() => end({ ...how, dollars: 0, totalMs: performance.now() - began, requestBody: call.body }));
      await writes;
    },
    async answered(answer, response, signal) {
      const meter = meterUsage(String(answer.headers["content-type"] ?? ""));
      const firstByteMs = performance.now() - began;
      const kept: Buffer[] = [];
      let settled: Promise<TokenCounts | undefined> | undefined;
      let begun = false;
      const settle = (): Promise<TokenCounts | undefined> => {
        settled ??= (async () => {
          catchUp();
          const counts = bounded(meter.finish(), meter.stopped ? undefined : call.maxTokens);
          if (counts === undefined) call.reservation?.settle(0);
          else await charge(counts, priced(counts));
          return counts;
        })();
        return settled;
      };
      response.writeHead(answer.status, answer.headers);
      // They go out with the first chunk, which is there in a moment; where it is not, they go ahead.
      const headersAlone = setTimeout(() => response.flushHeaders(), HEADERS_ALONE_MS);
      const observe = (chunk: Buffer): void => {
        meter.observe(chunk);
        if (options.keepBodies) kept.push(chunk);
        const { begun: counts } = meter;
        if (counts === undefined || begun || isFree(call.model)) return;
        begun = true;
        write(() => options.audit.begin(record, counts, priced(counts)));
      };
      const mayBeStop = watchForStop();
      let unseen: Buffer[] = [];
      const catchUp = (): void => {
        const chunks = unseen;
        unseen = [];
        for (const chunk of chunks) observe(chunk);
      };
      const watch: ChunkWatcher = (chunk) => {
        // Looked at later, in one go: a chunk that was written leaves only when this turn of the loop is over.
        if (unseen.push(chunk) === 1) setImmediate(catchUp);
        if (!mayBeStop(chunk)) return undefined;
        catchUp();
        return meter.stopped ? settle() : undefined;
      };
      let how = await passBack(answer, response, watch, { signal, idleMs: patience.idleMs });
      clearTimeout(headersAlone);
      let counts: TokenCounts | undefined;
      try {
        counts = await settle();
      } catch (error) {
        options.onError(error);
        if (how === "whole") how = "cut";
      }
      // Either side broke off: the reader must not take it for the whole.
      if (how === "whole") response.end();
      else response.destroy();
      const whole = how === "whole" && (meter.stopped || !String(answer.headers["content-type"]).includes("text/event-stream"));
      write(() =>
        end({
          outcome: whole ? "answered" : "cut",
          // Also where the stream ended in good order, but in its middle, or the reader left because of an error event.
          providerBroke: !whole && (how !== "cut" || meter.errorType !== undefined),
          status: answer.status,
          counts,
          dollars: counts === undefined ? 0 : priced(counts),
          firstByteMs,
          totalMs: performance.now() - began,
          requestId: headerText(answer.headers["request-id"]),
          error: meter.errorType,
          requestBody: call.body,
          responseBody: Buffer.concat(kept).toString("utf8"),
        }),
      );
      await writes;
      return meter.errorType;
    },
  };
}

type KeptTexts = Pick<CallEnd, "error" | "requestBody" | "responseBody">;

/** Without secrets, and only then cut: half a secret would not be found. */
async function cleaned({ redact, redactionOf, onError }: ServeContext["options"], projectId: string, texts: KeptTexts): Promise<KeptTexts> {
  if (Object.values(texts).every((text) => text === undefined)) return texts;
  let clean = redact;
  try {
    clean = (await redactionOf?.(projectId)) ?? redact;
  } catch (error) {
    // The line itself counts, for budgets; what cannot be cleaned is not kept.
    onError(error);
    clean = () => "";
  }
  const keep = (text: string | undefined, characters: number) => (text === undefined ? undefined : clean(text).slice(0, characters));
  return {
    error: keep(texts.error, KEPT_ERROR_CHARACTERS),
    requestBody: keep(texts.requestBody, KEPT_CHARACTERS),
    responseBody: keep(texts.responseBody, KEPT_CHARACTERS),
  };
}

const STOP = "message_stop";

/** Tells by a mere look at its bytes whether a chunk may hold the end of a stream, also where the word is split over two chunks. */
function watchForStop(): (chunk: Buffer) => boolean {
  let tail = "";
  return (chunk) => {
    const joint = tail + chunk.toString("latin1", 0, STOP.length);
    tail = (tail + chunk.toString("latin1", Math.max(0, chunk.length - STOP.length))).slice(-STOP.length);
    return chunk.includes(STOP) || joint.includes(STOP);
  };
}

/** What was estimated of a cut answer never exceeds what was allowed. */
function bounded(counts: TokenCounts | undefined, maxTokens: number | undefined): TokenCounts | undefined {
  if (counts === undefined || maxTokens === undefined) return counts;
  return { ...counts, outputTokens: Math.min(counts.outputTokens, maxTokens) };
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** Sorts by time, to the millisecond. Its random part is cut from a UUID, for which Node keeps randomness in store. */
function newCallId(): string {
  return `${Date.now().toString(36).padStart(9, "0")}${randomUUID().slice(-12)}`;
}
