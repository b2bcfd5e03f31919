import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { workOf } from "@/lib/run/fit-state";
import type { SetupEvent } from "@/lib/run/setup-events";
import type { RunState } from "@/lib/run/state";
import type { AttemptEnvironment } from "../executors/executor";
import type { RunWriter } from "../runs/run-writer";
import type { DetectedSetup } from "./detect-setup";
import { type PlanPorts, planSetup, type SetupPlan } from "./plan-setup";
import type { ProjectVault } from "./project-vault";
import type { RunEnvironments } from "./run-environments";
import { createSetupOutput, type SetupOutput } from "./set-up-output";
import { type SetupResult, setUpProject, setupName } from "./set-up-project";

export interface RunEnvironmentsOptions extends PlanPorts {
  vault: ProjectVault;
  writer: Pick<RunWriter, "state" | "record">;
  /** Absolute. */
  dataDir: string;
  now: () => number;
  log: Pick<Logger, "warn" | "error">;
  draining: AbortSignal;
}

export interface Environments extends RunEnvironments {
  /** Removes what a killed server left behind; before anything else is asked of it. */
  recover(): Promise<void>;
  /** Resolves once nothing is being set up: after `draining` aborted, soon. */
  settled(): Promise<void>;
  /** True while a set-up of this process goes by this name in the executor. */
  isSettingUp(name: string): boolean;
}

/** One build that several runs may wait for. */
interface Build {
  output: SetupOutput;
  result: Promise<SetupResult>;
  followers: number;
  abort: AbortController;
}

/** One run's wait. */
interface Waiting {
  ready: Promise<{ folder?: string; detected?: DetectedSetup }>;
  /** By variation: ends its wait. */
  leave: Map<number, () => void>;
  abort: AbortController;
}

/** See `RunEnvironments`: detects, takes over what is known, builds the rest once, and tells the log of each run that waits. */
export function createRunEnvironments(options: RunEnvironmentsOptions): Environments {
  const { vault, writer, executor, cache, dataDir, now, log, draining } = options;
  const builds = new Map<string, Build>();
  const waits = new Map<string, Waiting>();

  async function tell(runId: string, ...events: (SetupEvent | { type: "warning.raised"; message: string })[]): Promise<void> {
    const at = now();
    await writer.record(
      runId,
      events.map((event) => ({ at, event })),
    );
  }

  function tellOutput(runId: string, text: string): void {
    tell(runId, { type: "setup.output", text }).catch((error: unknown) => log.error({ err: error, runId }, "a set-up could not be told"));
  }

  async function build(plan: Extract<SetupPlan, { kind: "build" }>): Promise<Build> {
    const name = setupName(plan.place);
    const redaction = await vault.redactionFor(plan.place.projectId);
    for (let known = builds.get(name); known !== undefined; known = builds.get(name)) {
      if (!known.abort.signal.aborted) return known;
      // It has been given up and still tidies its sandbox away.
      await known.result.catch(() => undefined);
    }
    const output = createSetupOutput(redaction);
    const abort = new AbortController();
    const result = setUpProject({ executor, cache, dataDir, log }, plan.job, output, abort.signal)
      .finally(() => output.end())
      .then(async (made): Promise<SetupResult> => {
        if (!made.ok && made.lasting)
          await cache.fail(plan.place, { reason: made.reason, output: output.said(), at: now(), settings: plan.settings });
        return made;
      })
      .finally(() => builds.delete(name));
    result.catch(() => undefined);
    const started: Build = { output, result, followers: 0, abort };
    builds.set(name, started);
    return started;
  }

  /** Takes part in a build until it ends or `signal` aborts; the last to leave ends it. */
  async function follow(runId: string, build: Build, signal: AbortSignal): Promise<SetupResult> {
    if (build.followers > 0) tellOutput(runId, "Another run sets this up already; waiting for it.\n");
    build.followers += 1;
    const unfollow = build.output.follow((text) => tellOutput(runId, text));
    let leave = (): void => undefined;
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(new Error("nobody waits for this set-up any more"));
      signal.addEventListener("abort", leave, { once: true });
    });
    try {
      if (signal.aborted) leave();
      return await Promise.race([build.result, left]);
    } finally {
      signal.removeEventListener("abort", leave);
      unfollow();
      build.followers -= 1;
      if (build.followers === 0) build.abort.abort();
    }
  }

  async function carryOut(run: RunState, plan: SetupPlan, signal: AbortSignal): Promise<string | undefined> {
    const { runId, setup } = run;
    const before = setup?.finished;
    const began = performance.now();
    const durationMs = (): number => Math.round(performance.now() - began);
    switch (plan.kind) {
      case "nothing":
        return undefined;
      case "skip":
        if (before?.reason !== plan.reason)
          await tell(runId, { type: "setup.finished", ok: true, durationMs: 0, skipped: true, reason: plan.reason });
        return undefined;
      case "known": {
        // Told once: variations that come later, or are tried again, find the same.
        const { command, place, folder } = plan;
        if (before?.ok === true && setup?.hash === place.hash) return folder;
        await tell(
          runId,
          { type: "setup.started", command, hash: place.hash, cached: true },
          { type: "setup.finished", ok: true, durationMs: 0 },
        );
        return folder;
      }
      case "failed": {
        const { command, place, failure } = plan;
        if (before?.ok === false && setup?.hash === place.hash) return undefined;
        const reason = `${failure.reason} in an earlier run with the same lock file`;
        await tell(
          runId,
          { type: "setup.started", command, hash: place.hash, cached: true },
          { type: "setup.output", text: failure.output },
        );
        return failed(runId, { command, reason, durationMs: 0, remedy: " To try it again, open the project's environment." });
      }
      case "build": {
        const { command, place } = plan;
        await tell(runId, { type: "setup.started", command, hash: place.hash, cached: false });
        const made = await follow(runId, await build(plan), signal).catch(async (error: unknown): Promise<SetupResult> => {
          if (signal.aborted) {
            const reason = "it was given up, since nobody waited for it any more";
            if (!draining.aborted) await tell(runId, { type: "setup.finished", ok: false, durationMs: durationMs(), reason });
            throw error;
          }
          log.error({ err: error, runId }, "a set-up failed");
          return {
            ok: false,
            lasting: false,
            reason: `the server could not do it (${error instanceof Error ? error.message.slice(0, 300) : String(error)})`,
          };
        });
        if (!made.ok) return failed(runId, { command, reason: made.reason, durationMs: durationMs() });
        await tell(runId, { type: "setup.finished", ok: true, durationMs: durationMs() });
        return made.folder;
      }
    }
  }

  async function failed(
    runId: string,
    { command, reason, durationMs, remedy = "" }: { command: string; reason: string; durationMs: number; remedy?: string },
  ): Promise<undefined> {
    const message = `Dependencies are missing: the set-up "${command}" failed (${reason}). The agents work without them.${remedy}`;
    await tell(runId, { type: "setup.finished", ok: false, durationMs, reason }, { type: "warning.raised", message });
  }

  async function ready(runId: string, mirrorPath: string, signal: AbortSignal): Promise<{ folder?: string; detected?: DetectedSetup }> {
    const run = await writer.state(runId);
    if (run === undefined) return {};
    const [settings, variables, setupVariables] = await Promise.all([
      vault.settings(run.projectId),
      vault.stored(run.projectId),
      vault.variablesFor(run.projectId, "setup"),
    ]);
    const { plan, detected } = await planSetup(options, { run, mirrorPath, settings, variables, setupVariables });
    const folder = await carryOut(run, plan, signal);
    const after = (await writer.state(runId))?.setup;
    await vault.saveNewest(run.projectId, { detected, setup: after, at: now() });
    return { folder, detected };
  }

  function wait(runId: string, mirrorPath: string): Waiting {
    const known = waits.get(runId);
    if (known !== undefined && !known.abort.signal.aborted) return known;
    const abort = new AbortController();
    const waiting: Waiting = { ready: ready(runId, mirrorPath, abort.signal), leave: new Map(), abort };
    const forget = (): void => {
      if (waits.get(runId) === waiting) waits.delete(runId);
    };
    waiting.ready.then(forget, forget);
    waits.set(runId, waiting);
    return waiting;
  }

  async function isStopped(runId: string, variation: number): Promise<boolean> {
    const run = await writer.state(runId);
    return run !== undefined && workOf(run, variation)?.stopRequested === true;
  }

  draining.addEventListener("abort", () => {
    for (const { abort } of waits.values()) abort.abort();
  });

  return {
    async prepare({ runId, variation }, { projectId }, mirrorPath): Promise<AttemptEnvironment | undefined> {
      draining.throwIfAborted();
      const waiting = wait(runId, mirrorPath);
      const stopped = new Promise<undefined>((resolve) => waiting.leave.set(variation, () => resolve(undefined)));
      // Stopped before it could be told here.
      if (await isStopped(runId, variation)) waiting.leave.get(variation)?.();
      try {
        const made = await Promise.race([waiting.ready, stopped]);
        if (made === undefined) return undefined;
        const variables = { ...made.detected?.agentEnv, ...(await vault.variablesFor(projectId, "agent")) };
        return { dependencies: made.folder, variables, path: made.folder === undefined ? [] : (made.detected?.agentPath ?? []) };
      } finally {
        waiting.leave.delete(variation);
        if (waiting.leave.size === 0) waiting.abort.abort();
      }
    },
    async forChecks(run, mirrorPath) {
      draining.throwIfAborted();
      const { folder, detected } = await wait(run.runId, mirrorPath).ready;
      const variables = { ...detected?.agentEnv, ...(await vault.variablesFor(run.projectId, "agent")) };
      return { dependencies: folder, variables, path: folder === undefined ? [] : (detected?.agentPath ?? []) };
    },
    leave(runId, variation) {
      waits.get(runId)?.leave.get(variation)?.();
    },
    redactionFor: (projectId) => vault.redactionFor(projectId),
    async recover() {
      await rm(join(dataDir, "egress"), { recursive: true, force: true });
      const names = await readdir(join(dataDir, "attempts")).catch(() => []);
      for (const name of names) if (name.startsWith("agent-setup-")) await executor.cleanup(name);
      await cache.removeHalves();
    },
    async settled() {
      while (builds.size > 0) await Promise.allSettled([...builds.values()].map(({ result }) => result));
    },
    isSettingUp: (name) => builds.has(name),
  };
}
