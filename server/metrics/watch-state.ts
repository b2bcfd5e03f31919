import { Gauge, type Registry } from "prom-client";
import { isTerminal, type RunState, runStatuses, variationStatuses } from "@/lib/run/state";
import type { RunFeed } from "../runs/run-feed";
import type { RunQueue } from "../runs/run-queue";
import type { RunWriter } from "../runs/run-writer";
import type { RunIndex } from "../storage/run-index";

/** Whoever knows how things stand. `freeBytes`: on the disk of the data folder. */
export interface WatchedParts {
  writer: RunWriter;
  index: RunIndex;
  queue: RunQueue;
  feed: RunFeed;
  freeBytes: () => Promise<number>;
}

/** What goes up and down is looked at when somebody asks. */
export function watchState(registers: Registry[], { writer, index, queue, feed, freeBytes }: WatchedParts): void {
  const liveRuns = atOnce(async () => {
    const states = await Promise.all((await index.unfinishedRuns()).map((runId) => writer.state(runId)));
    return states.filter((state) => state !== undefined);
  });
  // Each looks for itself: a gauge is read as soon as its own `collect` is done, and would say what was true the last time.
  new Gauge({
    registers,
    name: "aideator_variations",
    help: "Variations of runs that have not ended, by state",
    labelNames: ["state"],
    async collect() {
      const all = (await liveRuns()).flatMap((run: RunState) => run.variations);
      for (const state of variationStatuses) this.set({ state }, all.filter(({ status }) => status === state).length);
    },
  });
  new Gauge({
    registers,
    name: "aideator_runs",
    help: "Runs that have not ended, by state",
    labelNames: ["state"],
    async collect() {
      const live = await liveRuns();
      for (const state of runStatuses) {
        if (!isTerminal(state)) this.set({ state }, live.filter(({ status }) => status === state).length);
      }
    },
  });
  new Gauge({
    registers,
    name: "aideator_data_free_bytes",
    help: "Free on the disk of the data folder",
    async collect() {
      // Without the folder all else is still worth telling.
      this.set(await freeBytes().catch(() => Number.NaN));
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

/** The same question; those who ask while it is being answered share the answer. */
function atOnce<T>(ask: () => Promise<T>): () => Promise<T> {
  let underway: Promise<T> | undefined;
  return () => {
    underway ??= ask().finally(() => {
      underway = undefined;
    });
    return underway;
  };
}
