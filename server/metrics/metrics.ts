import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Executor } from "../executors/executor";
import { type CallEnd, type CallRecord, callOutcomes } from "../gateway/call-audit";
import type { CallStore } from "../storage/call-store";
import { watchCommits } from "./watch-commits";
import { watchExecutor } from "./watch-executor";
import { type WatchedParts, watchState } from "./watch-state";

/** What the server tells Prometheus of itself; names as its guide wants them: base units, `_total` for what only grows. */
export interface Metrics {
  readonly contentType: string;
  /** The text of `/metrics`. */
  render(): Promise<string>;
  /** One answered request. `route`: a template, never an address; `seconds` until its last byte. */
  request(request: { method: string; route: string; status: number; seconds: number }): void;
  /** The same store, every end of a call counted. */
  watchCalls(calls: CallStore): CallStore;
  /** The same executor, what it could not do counted. */
  watchExecutor<T extends Executor>(executor: T): T;
  /** Counts what is committed, and looks at these whenever it is asked. */
  watchRuns(parts: WatchedParts): void;
  /** Shows these models with zeros until they are called, however many they are. Others are shown by name as long as there is room. */
  expectModels(models: readonly string[]): void;
}

const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10, 30];
const FIRST_BYTE_SECONDS = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 120];
const TOKEN_KINDS = ["input", "output", "cache_read", "cache_write"] as const;
/** What the audit calls `cut` is `broken` where the provider did it: only that is a failure. */
const COUNTED_OUTCOMES = [...callOutcomes, "broken"] as const;
/** Of models that nobody announced. Any text may be a run's model, and each takes two dozen series for as long as the server lives. */
const MOST_UNEXPECTED = 50;
/** The name of all those beyond. */
const OTHER = "other";
/** Of Node.js, named as if they only grew, which they do not; their parts by type stay. */
const MISNAMED = ["nodejs_active_handles_total", "nodejs_active_requests_total", "nodejs_active_resources_total"];

/** See `Metrics`. `now`: ms since the epoch. */
export function createMetrics({ version, now }: { version: string; now: () => number }): Metrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  new Gauge({ registers, name: "aideator_build_info", help: "The version that runs", labelNames: ["version"] }).set({ version }, 1);

  const requests = new Histogram({
    registers,
    name: "aideator_http_request_duration_seconds",
    help: "Requests until their last byte; streams are as long as they are read",
    labelNames: ["method", "route", "status"],
    buckets: REQUEST_SECONDS,
  });
  const calls = new Counter({
    registers,
    name: "aideator_model_calls_total",
    help: "Calls to models by how they ended",
    labelNames: ["model", "outcome"],
  });
  const firstByte = new Histogram({
    registers,
    name: "aideator_model_first_byte_seconds",
    help: "From sending a call to the first byte of its answer",
    labelNames: ["model"],
    buckets: FIRST_BYTE_SECONDS,
  });
  const tokens = new Counter({
    registers,
    name: "aideator_model_tokens_total",
    help: "Tokens as the provider counts them",
    labelNames: ["model", "kind"],
  });
  const dollars = new Counter({
    registers,
    name: "aideator_model_dollars_total",
    help: "US dollars spent, by the prices in force",
    labelNames: ["model"],
  });

  const executorErrors = new Counter({
    registers,
    name: "aideator_executor_errors_total",
    help: "What executors could not do: calls that failed, and attempts, set-ups and checks that were ended or lost (operation attach)",
    labelNames: ["executor", "operation", "code"],
  });

  const shown = new Set<string>();
  let unexpected = 0;
  /** Prometheus sees growth only between two samples: what begins with its first call would never have been made. */
  function expectModels(models: readonly string[]): void {
    for (const model of models) {
      if (shown.has(model)) continue;
      shown.add(model);
      for (const outcome of COUNTED_OUTCOMES) calls.inc({ model, outcome }, 0);
      for (const kind of TOKEN_KINDS) tokens.inc({ model, kind }, 0);
      dollars.inc({ model }, 0);
      firstByte.zero({ model });
    }
  }

  /** The label of a model of a run: its own name, or `other`. */
  function labelOf(model: string): string {
    if (shown.has(model)) return model;
    if (unexpected >= MOST_UNEXPECTED) return OTHER;
    unexpected += 1;
    expectModels(unexpected === MOST_UNEXPECTED ? [model, OTHER] : [model]);
    return model;
  }

  function countCall(call: CallRecord, { outcome, providerBroke, counts, dollars: cost, firstByteMs }: CallEnd): void {
    const model = labelOf(call.model);
    calls.inc({ model, outcome: outcome === "cut" && providerBroke === true ? "broken" : outcome });
    if (firstByteMs !== undefined) firstByte.observe({ model }, firstByteMs / 1_000);
    if (cost !== null) dollars.inc({ model }, cost);
    if (counts === undefined) return;
    tokens.inc({ model, kind: "input" }, counts.inputTokens);
    tokens.inc({ model, kind: "output" }, counts.outputTokens);
    tokens.inc({ model, kind: "cache_read" }, counts.cacheReadTokens);
    tokens.inc({ model, kind: "cache_write" }, counts.cacheWriteTokens);
  }

  return {
    contentType: registry.contentType,
    render: () => registry.metrics(),
    request: ({ method, route, status, seconds }) => requests.observe({ method, route, status: String(status) }, seconds),
    watchCalls(store) {
      return {
        ...store,
        async end(call, end) {
          countCall(call, end);
          await store.end(call, end);
        },
      };
    },
    watchExecutor: (executor) => watchExecutor(executor, executorErrors),
    watchRuns(parts) {
      watchCommits(registers, parts.writer, { now, onModel: labelOf });
      watchState(registers, parts);
    },
    expectModels,
  };
}
