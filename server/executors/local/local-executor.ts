import { mkdir } from "node:fs/promises";
import type { SandboxLimits } from "./attempt-files";
import { createHostExecutor, type HostExecutor, type HostExecutorOptions } from "./host-executor";
import { localMachine } from "./local-machine";
import { probeMachine } from "./probe-machine";
import type { Sandbox } from "./sandbox";

export interface LocalExecutorOptions extends HostExecutorOptions {
  /** The person accepts that commands run without any sandbox. */
  allowUnsandboxed: boolean;
  /** Finds out what this machine offers; tests say what it is. */
  probe?: () => Promise<Sandbox>;
  limits?: Partial<SandboxLimits>;
}

/** Sandboxed processes on this machine. What a crash can leave beside files and processes are control groups. */
export function createLocalExecutor(options: LocalExecutorOptions): HostExecutor {
  const { dataDir, allowUnsandboxed } = options;
  const ready = probeMachine(dataDir, options.limits, options.probe).then(async (probed) => {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    return localMachine(probed, dataDir);
  });
  // Whoever needs it first gets the error; nobody may need it for a while.
  ready.catch(() => undefined);
  const executor = createHostExecutor(options, { kind: "local", leftovers: "control group", machine: () => ready });
  return {
    ...executor,
    async report() {
      const report = await executor.report();
      if (report.isolated || !allowUnsandboxed) return report;
      return { ...report, summary: `${report.summary}, commands allowed by AIDEATOR_ALLOW_UNSANDBOXED` };
    },
  };
}
