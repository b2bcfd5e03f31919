import type { AgentEvent } from "@/lib/run/events";
import type { AttemptSpec } from "../executors/executor";
import type { AttemptPlace, RunContext } from "./run-context";
import { untilStored } from "./storage-failure";

/** Shortest time between two snapshots of a working agent: what a SIGKILL can cost. */
const SNAPSHOT_INTERVAL_MS = 2_000;

/** Takes the tree of one attempt while it works and at its end. */
export interface SnapshotTaker {
  /** Told of every event; a tool call that may have changed files leads to a snapshot soon. */
  notice(event: AgentEvent): void;
  /** The last one. True when all work of the tree is in the run's repository. */
  takeFinal(): Promise<boolean>;
  /** Takes no more. */
  cancel(): void;
}

/** See `SnapshotTaker`. Snapshots never overlap; one that fails in mid-run is only logged, since the next takes everything again. */
export function createSnapshotTaker(context: RunContext, place: AttemptPlace, spec: AttemptSpec): SnapshotTaker {
  const { executor, git, writer, log, now, redaction, draining } = context;
  const changing = new Set<string>();
  /** What was said once of a tree is not said again every two seconds. */
  const warned = new Set<string>();
  let lastTree: string | undefined;
  let lastCommit: string | undefined;
  let lastAt = -Infinity;
  let running: Promise<void> | undefined;
  let wanted: NodeJS.Timeout | undefined;

  /** True when nothing is missing from it. */
  async function take(reason: "tool" | "final"): Promise<boolean> {
    const { runId, variation, attempt } = place;
    const collected = await executor.collect(spec, { final: reason === "final", have: lastCommit });
    const imported = await git.importTree({ runId, base: spec.baseCommit, variation, attempt, ...collected });
    lastAt = performance.now();
    lastCommit = imported.commit;
    if (imported.tree === lastTree && reason === "tool") return collected.complete;
    lastTree = imported.tree;
    const { commit, tree, files, added, deleted } = imported;
    const at = now();
    const kept = "Not everything is in the last snapshot. The working tree is kept on the server.";
    const all = reason === "final" && !collected.complete ? [...collected.warnings, kept] : collected.warnings;
    const news = all.map(redaction.redactText).filter((message) => !warned.has(message));
    for (const message of news) warned.add(message);
    await writer.record(runId, [
      ...news.map((message) => ({ at, variation, attempt, event: { type: "warning.raised" as const, message } })),
      { at, variation, attempt, event: { type: "snapshot.taken", commit, tree, reason, files, added, deleted } },
    ]);
    return collected.complete;
  }

  function schedule(): void {
    if (wanted !== undefined || running !== undefined) return;
    const wait = Math.max(0, lastAt + SNAPSHOT_INTERVAL_MS - performance.now());
    wanted = setTimeout(() => {
      wanted = undefined;
      running = take("tool")
        .then(() => undefined)
        .catch((error: unknown) => log.warn({ err: error, ...place }, "a snapshot in mid-run failed"))
        .finally(() => {
          running = undefined;
        });
    }, wait);
  }

  return {
    cancel: () => clearTimeout(wanted),
    notice(event) {
      if (event.type === "tool.started" && event.kind !== "read" && event.kind !== "search") changing.add(event.callId);
      if (event.type === "tool.finished" && changing.delete(event.callId)) schedule();
    },
    async takeFinal() {
      clearTimeout(wanted);
      await running;
      try {
        return await take("final");
      } catch (error) {
        log.error({ err: error, ...place }, "the last snapshot failed; the tree is kept");
        const { variation, attempt } = place;
        const detail = error instanceof Error ? error.message : String(error);
        const message = `The last snapshot failed (${detail.slice(0, 300)}). The working tree is kept on the server.`;
        const warning = { at: now(), variation, attempt, event: { type: "warning.raised" as const, message } };
        await untilStored(() => writer.record(place.runId, [warning]), draining);
        return false;
      }
    },
  };
}
