import type { SandboxReport } from "../executor";
import type { SandboxLimits } from "./attempt-files";
import { DEFAULT_SANDBOX_LIMITS, probeResourceLimits, type ResourceLimits } from "./resource-limits";
import { probeSandbox, type Sandbox } from "./sandbox";

/** What sandboxes on this machine are made of. */
export interface MachineProbe {
  sandbox: Sandbox;
  resources: ResourceLimits;
  /** Isolation and limits together, in words. */
  report: SandboxReport;
}

/** Finds out by trying, in a fraction of a second; leaves nothing behind. `dataDir` stands for the server in the names of its groups. */
export async function probeMachine(
  dataDir: string,
  limits: Partial<SandboxLimits> = {},
  probe: () => Promise<Sandbox> = probeSandbox,
): Promise<MachineProbe> {
  const sandbox = await probe();
  const resources = await probeResourceLimits({ ...DEFAULT_SANDBOX_LIMITS, ...limits }, sandbox.changesUser, dataDir);
  return { sandbox, resources, report: { ...sandbox.report, measures: [...sandbox.report.measures, ...resources.measures] } };
}
