import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { SandboxLimits } from "../local/attempt-files";
import { bundle, createHostHarness, type HostHarness } from "../local/local-harness";
import { createContainerExecutor } from "./container-executor";
import type { TestEngine } from "./test-engine";
import { tryContainer } from "./try-container";

/** Programs that all harnesses of one engine share, beside its socket. */
const bundled = new Map<string, Promise<void>>();

async function bundledOnce({ socketPath }: TestEngine, entry: string): Promise<string> {
  const file = join(dirname(socketPath), `${basename(entry, ".ts")}.mjs`);
  const made = bundled.get(file) ?? bundle(fileURLToPath(new URL(entry, import.meta.url)), file);
  bundled.set(file, made);
  await made;
  return file;
}

/** What one engine was found to hold, asked once: it costs each executor a container. */
const tried = new Map<string, ReturnType<typeof tryContainer>>();

/**
 * Everything real but the agent: its containers are those of an engine of the tests' own. `probes`: this executor finds out by itself what
 * holds.
 */
export function createContainerHarness(engine: TestEngine, limits: Partial<SandboxLimits> = {}, probes = false): Promise<HostHarness> {
  const probe: typeof tryContainer = (...args) => {
    const known = tried.get(engine.socketPath) ?? tryContainer(...args);
    tried.set(engine.socketPath, known);
    return known;
  };
  return createHostHarness(async (options) => {
    const contain = await bundledOnce(engine, "contain.ts");
    const setupBundle = await bundledOnce(engine, "../../../agent/set-up.ts");
    const settings = { sockets: [engine.socketPath], image: engine.image };
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

/** Whatever is asked of an executor with these settings, it says these words: to who asks, and in its report. */
export async function expectRefusal(settings: { sockets: string[]; image: string }, words: RegExp): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), "aid-refused-"));
  const nothing = { shimCommand: [], containCommand: [], agentBundle: "", gatewaySocket: "/nonexistent/gateway.sock" };
  try {
    const executor = createContainerExecutor({ ...nothing, dataDir, settings });
    await expect(executor.programs(["git"])).rejects.toThrow(words);
    const { isolated, measures, remedy } = await executor.report();
    expect(isolated).toBe(false);
    expect(`${measures[0]?.how} ${remedy}`).toMatch(words);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
