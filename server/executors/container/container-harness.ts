import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SandboxLimits } from "../local/attempt-files";
import { bundle, createHostHarness, type HostHarness } from "../local/local-harness";
import { createContainerExecutor } from "./container-executor";
import type { TestPodman } from "./podman-harness";
import { tryContainer } from "./try-container";

/** What one engine was found to hold, asked once: it costs each executor a container. */
const tried = new Map<string, ReturnType<typeof tryContainer>>();

/**
 * Everything real but the agent: its containers are those of a Podman of the tests' own. `probes`: this executor finds out by itself what
 * holds.
 */
export function createContainerHarness(podman: TestPodman, limits: Partial<SandboxLimits> = {}, probes = false): Promise<HostHarness> {
  const probe: typeof tryContainer = (...args) => {
    const known = tried.get(podman.socketPath) ?? tryContainer(...args);
    tried.set(podman.socketPath, known);
    return known;
  };
  return createHostHarness(async (options) => {
    const contain = join(options.dataDir, "contain.mjs");
    await bundle(fileURLToPath(new URL("contain.ts", import.meta.url)), contain);
    const settings = { sockets: [podman.socketPath], image: podman.image };
    return () =>
      createContainerExecutor({
        ...options,
        settings,
        containCommand: [process.execPath, contain],
        limits,
        probe: probes ? undefined : probe,
      });
  });
}
