import type { SandboxReport } from "../executor";
import type { SandboxLimits } from "../local/attempt-files";
import { createHostExecutor, type HostExecutor, type HostExecutorOptions } from "../local/host-executor";
import { type ContainerMachine, type ContainerMachineOptions, type ContainerSettings, openContainerMachine } from "./container-machine";
import { troubleReport } from "./container-report";
import { ContainerTrouble } from "./container-trouble";
import { answers } from "./find-engine";

export interface ContainerExecutorOptions extends HostExecutorOptions {
  settings: ContainerSettings;
  /** Program and arguments that start `contain.ts`; the attempt's folder is added. */
  containCommand: string[];
  limits?: Partial<SandboxLimits>;
  probe?: ContainerMachineOptions["probe"];
}

/** Until an engine that was not there is looked for again. */
const RETRY_MS = 3_000;
/** Until the engine is asked again whether the image is still the same. */
const LOOK_AGAIN_MS = 5_000;
/** How long a report waits for a container that is being tried out; for an image that is being pulled nobody could wait. */
const REPORT_PATIENCE_MS = 8_000;

/**
 * Agents in containers of Docker or Podman. Trees, shims and spools are those of the local executor; each program that touches a tree runs in
 * a container of its own. An engine that is away is looked for again at the next need.
 */
export function createContainerExecutor(options: ContainerExecutorOptions): HostExecutor {
  const { settings, dataDir, containCommand: contain, limits, probe } = options;
  let lookedAt = 0;
  let opened: { machine: Promise<ContainerMachine>; failedAt?: number } | undefined;

  /** What the name stands for may be built anew while the server runs. */
  async function machine(): Promise<ContainerMachine> {
    const on = await openedMachine();
    if (performance.now() - lookedAt < LOOK_AGAIN_MS) return on;
    lookedAt = performance.now();
    if (await on.isCurrent()) return on;
    opened = undefined;
    return openedMachine();
  }

  function openedMachine(): Promise<ContainerMachine> {
    const failed = opened?.failedAt !== undefined && performance.now() - opened.failedAt > RETRY_MS;
    if (opened === undefined || failed) {
      const attempt: typeof opened = { machine: openContainerMachine(settings, { dataDir, contain, limits, probe }) };
      attempt.machine.catch(() => (attempt.failedAt = performance.now()));
      opened = attempt;
    }
    return opened.machine;
  }

  async function report(): Promise<SandboxReport> {
    try {
      const on = await machine();
      if (await answers(on.engine.api)) return on.report;
      const found = `${on.engine.kind} does not answer at ${on.engine.api.socketPath} any more.`;
      return troubleReport({ found, remedy: "Start it again." });
    } catch (error) {
      const found = error instanceof Error ? error.message : String(error);
      return troubleReport(error instanceof ContainerTrouble ? error : { found, remedy: "Look at the engine's own log." });
    }
  }

  // The first variation is not to wait for what can be found out before.
  void machine().catch(() => undefined);
  const executor = createHostExecutor(options, { kind: "container", leftovers: "container", machine });
  return {
    ...executor,
    image: async () => (await machine()).imageId,
    async report() {
      const patience = new Promise<SandboxReport>((resolve) => {
        setTimeout(resolve, REPORT_PATIENCE_MS, beingTried(settings.image)).unref();
      });
      return Promise.race([report(), patience]);
    },
  };
}

/** Agents will be isolated once they start, which waits for it: they may run commands. */
function beingTried(image: string): SandboxReport {
  const how = `${image} is being pulled or tried out; agents wait for it`;
  return { summary: how, isolated: true, measures: [{ name: "image", inForce: false, how }] };
}
