import { setTimeout as wait } from "node:timers/promises";
import type { RunResponse } from "@/lib/protocol/http";
import type { RunEvent } from "@/lib/run/events";
import { jobName } from "@/lib/run/select";
import { checkRun } from "../faults/check-witness";
import type { FaultClient } from "../faults/fault-client";
import { type SocketWitness, socketWitness, sseWitness, type Witness } from "../faults/witness";
import { saidBy } from "./scenarios";

/** A run that a socket and an event stream follow from its beginning. */
export interface FollowedRun {
  runId: string;
  socket: SocketWitness;
  job(variation: number): string;
  /** Until variation `index` has said its line `line`. */
  said(line: number, index?: number): Promise<void>;
  /** Until the run has ended and everybody has seen it; an error names everything that is wrong with what they saw. */
  judge(timeoutMs?: number): Promise<{ run: RunResponse; log: RunEvent[] }>;
}

/** Starts runs on one server and follows them. */
export interface RunFollower {
  /** A run of the sample repository, one variation per scenario. */
  run(scenarios: readonly string[]): Promise<FollowedRun>;
  close(): void;
}

const CATCH_UP_MS = 20_000;
/** So long nothing may come of a run that goes on. */
const SILENT_MS = 90_000;

/** `url`: the server's, also while it is away. `output`: what it wrote last, for errors. */
export function createRunFollower({
  url,
  api,
  output,
}: {
  url: string;
  api: FaultClient;
  output: () => string | Promise<string>;
}): RunFollower {
  const witnesses: Witness[] = [];

  async function caughtUp(runId: string, those: readonly Witness[]): Promise<RunEvent[]> {
    const deadline = performance.now() + CATCH_UP_MS;
    for (;;) {
      const log = await api.log(runId);
      if (those.every((witness) => witness.count() >= log.length) || performance.now() > deadline) return log;
      await wait(100);
    }
  }

  return {
    async run(scenarios) {
      const runId = await api.startRun(scenarios.map((name) => `script:${name}`));
      const socket = socketWitness(url, runId, api.headers, "the socket");
      const stream = sseWitness(url, runId, api.headers, "the event stream");
      witnesses.push(socket, stream);
      return {
        runId,
        socket,
        job: (variation) => jobName(runId, variation, 0),
        async said(line, index = 0) {
          for (;;) {
            let lines = 0;
            const had = socket.count();
            const reached = socket.until(({ variation, event }) => {
              if (variation === index && event.type === "text.delta") lines += event.text.split("\n").length - 1;
              return lines >= line;
            }, SILENT_MS);
            try {
              return void (await reached);
            } catch (error) {
              // A busy machine is slow, which is nobody's fault: only a run of which nothing comes is stuck.
              if (socket.count() === had) throw error;
            }
          }
        },
        async judge(timeoutMs = 120_000) {
          const ended = await api.ended(runId, timeoutMs);
          const log = await caughtUp(runId, [socket, stream]);
          const problems = checkRun(log, [socket.testimony(), stream.testimony()], (index) => saidBy(scenarios[index] ?? "", index));
          socket.close();
          stream.close();
          if (problems.length > 0) throw new Error(`${problems.join("\n")}\n${(await output()).slice(-3_000)}`);
          return { run: ended, log };
        },
      };
    },
    close() {
      for (const witness of witnesses) witness.close();
    },
  };
}

/** Why a variation failed, by the log. */
export function failureOf(log: readonly RunEvent[], index = 0) {
  const failed = log.findLast(({ variation, event }) => variation === index && event.type === "variation.failed")?.event;
  return failed?.type === "variation.failed" ? failed.failure : undefined;
}

/** What the executor said of its pod, in order. */
export function saidOfPod(events: readonly RunEvent[]): string[] {
  return events.flatMap(({ event }) => (event.type === "log.line" && event.text.startsWith("pod: ") ? [event.text] : []));
}

/** ms from "may start" to the agent's first word. */
export function firstWordMs(log: readonly RunEvent[], index: number): number {
  const at = (type: string): number => log.find(({ variation, event }) => variation === index && event.type === type)?.at ?? Number.NaN;
  return at("text.delta") - at("variation.preparing");
}
