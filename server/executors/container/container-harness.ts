import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SandboxLimits } from "../local/attempt-files";
import { bundle, createHostHarness, type HostHarness } from "../local/local-harness";
import { createContainerExecutor } from "./container-executor";
import type { TestPodman } from "./podman-harness";
import { tryContainer } from "./try-container";

/** Programs that all harnesses of one engine share, beside its socket. */
const bundled = new Map<string, Promise<void>>();

async function bundledOnce({ socketPath }: TestPodman, entry: string): Promise<string> {
  const file = join(dirname(socketPath), `${basename(entry, ".ts")}.mjs`);
  const made = bundled.get(file) ?? bundle(fileURLToPath(new URL(entry, import.meta.url)), file);
  bundled.set(file, made);
  await made;
  return file;
}

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
    const contain = await bundledOnce(podman, "contain.ts");
    const setupBundle = await bundledOnce(podman, "../../../agent/set-up.ts");
    const settings = { sockets: [podman.socketPath], image: podman.image };
    return () =>
      createContainerExecutor({
        ...options,
        setupBundle,
        settings,
        containCommand: [process.execPath, contain],
        limits,
        probe: probes ? undefined : probe,
      });
  });
}
