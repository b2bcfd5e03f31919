import { Counter, Histogram, type Registry } from "prom-client";
import type { RunEvent } from "@/lib/run/events";
import { failureCodes } from "@/lib/run/failures";
import type { RunWriter } from "../runs/run-writer";

const LAG_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 30];

/**
 * What only grows is counted from commits, so that it is right whoever wrote. `now`: ms since the epoch; `onModel` is told each model
 * that a run will call. Every series is there from the start: Prometheus sees growth only between two samples.
 */
export function watchCommits(
  registers: Registry[],
  writer: RunWriter,
  { now, onModel }: { now: () => number; onModel: (model: string) => void },
): void {
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
  for (const event of ["created", "completed", "failed", "cancelled"]) runs.inc({ event }, 0);
  for (const outcome of ["completed", "cancelled"]) variations.inc({ outcome, code: "" }, 0);
  for (const code of failureCodes) variations.inc({ outcome: "failed", code }, 0);

  writer.onCommit((_, batch: readonly RunEvent[]) => {
    const [first] = batch;
    if (first === undefined) return;
    events.inc(batch.length);
    lag.observe(Math.max(0, now() - first.at) / 1_000);
    for (const { event } of batch) {
      if (event.type === "run.created") for (const { model } of event.variations) onModel(model);
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
