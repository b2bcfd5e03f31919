import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { RunEvent } from "@/lib/run/events";
import { isTerminal, runStatuses, variationStatuses } from "@/lib/run/state";
import type { Executor } from "../executors/executor";
import type { CallEnd, CallRecord } from "../gateway/call-audit";
import type { RunFeed } from "../runs/run-feed";
import type { RunQueue } from "../runs/run-queue";
import type { RunWriter } from "../runs/run-writer";
import type { CallStore } from "../storage/call-store";
import type { RunIndex } from "../storage/run-index";
import { watchExecutor } from "./watch-executor";

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
  watchRuns(parts: { writer: RunWriter; index: RunIndex; queue: RunQueue; feed: RunFeed }): void;
}

const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 10];
const FIRST_BYTE_SECONDS = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 120];
const LAG_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** See `Metrics`. `now`: ms since the epoch. */
export function createMetrics({ version, now }: { version: string; now: () => number }): Metrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry });
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

  function countCall({ model }: CallRecord, { outcome, counts, dollars: cost, firstByteMs }: CallEnd): void {
    calls.inc({ model, outcome });
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
      watchCommits(registers, parts.writer, now);
      watchState(registers, parts);
    },
  };
}

/** What only grows is counted from commits, so that it is right whoever wrote. */
function watchCommits(registers: Registry[], writer: RunWriter, now: () => number): void {
  const runs = new Counter({ registers, name: "aideator_runs_total", help: "Runs begun and ended", labelNames: ["event"] });
  const variations = new Counter({
    registers,
    name: "aideator_variations_ended_total",
    help: "Attempts of variations that ended, failures by their code",
    labelNames: ["outcome", "code"],
  });
  const events = new Counter({ registers, name: "aideator_events_total", help: "Events committed" });
  const lag = new Histogram({
    registers,
    name: "aideator_event_commit_lag_seconds",
    help: "From the time of an event to its commit, the oldest of each batch",
    buckets: LAG_SECONDS,
  });
  writer.onCommit((_, batch: readonly RunEvent[]) => {
    const [first] = batch;
    if (first === undefined) return;
    events.inc(batch.length);
    lag.observe(Math.max(0, now() - first.at) / 1_000);
    for (const { event } of batch) {
      switch (event.type) {
        case "run.created":
        case "run.completed":
        case "run.failed":
        case "run.cancelled":
          runs.inc({ event: event.type.slice("run.".length) });
          break;
        case "variation.completed":
        case "variation.cancelled":
          variations.inc({ outcome: event.type.slice("variation.".length), code: "" });
          break;
        case "variation.failed":
          variations.inc({ outcome: "failed", code: event.failure.code });
          break;
        default:
      }
    }
  });
}

/** What goes up and down is looked at when somebody asks. */
function watchState(registers: Registry[], { writer, index, queue, feed }: Parameters<Metrics["watchRuns"]>[0]): void {
  const variations = new Gauge({
    registers,
    name: "aideator_variations",
    help: "Variations of runs that have not ended, by state",
    labelNames: ["state"],
  });
  new Gauge({
    registers,
    name: "aideator_runs",
    help: "Runs that have not ended, by state",
    labelNames: ["state"],
    async collect() {
      const states = await Promise.all((await index.unfinishedRuns()).map((runId) => writer.state(runId)));
      const live = states.filter((state) => state !== undefined);
      for (const state of runStatuses) {
        if (!isTerminal(state)) this.set({ state }, live.filter(({ status }) => status === state).length);
      }
      const all = live.flatMap((run) => run.variations);
      for (const state of variationStatuses) variations.set({ state }, all.filter(({ status }) => status === state).length);
    },
  });
  new Gauge({
    registers,
    name: "aideator_queue",
    help: "Sandboxes that work, that wait, and that may work at once",
    labelNames: ["what"],
    collect() {
      for (const [what, count] of Object.entries(queue.load())) this.set({ what }, count);
    },
  });
  new Gauge({
    registers,
    name: "aideator_subscribers",
    help: "Readers that follow a run live",
    collect() {
      this.set(feed.readers());
    },
  });
}
