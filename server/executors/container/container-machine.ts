import { createHash, randomUUID } from "node:crypto";
import { release } from "node:os";
import { join } from "node:path";
import type { SandboxLimits } from "../local/attempt-files";
import { writeRecord } from "../local/attempt-files";
import type { ConfinedProgram, Machine } from "../local/machine";
import { DEFAULT_SANDBOX_LIMITS } from "../local/resource-limits";
import type { ProgramResult } from "../local/run-program";
import { type AgentImage, agentImage, inspectImage } from "./agent-image";
import { CONTAIN_ORDER_FILE, type ContainOrder } from "./contain-order";
import { containerReport } from "./container-report";
import { type ContainerKind, containerName, containerSpec } from "./container-spec";
import { ContainerTrouble } from "./container-trouble";
import { endOf, listContainers, removeContainer, startContainer } from "./containers";
import { EngineError } from "./engine-api";
import type { Engine } from "./find-engine";
import { findEngine } from "./find-engine";
import { PROBE, type TriedContainer, tryContainer } from "./try-container";

export interface ContainerSettings {
  /** Unix sockets; the first behind which an engine answers is taken. */
  sockets: readonly string[];
  /** `AIDEATOR_AGENT_IMAGE`. */
  image: string;
}

export interface ContainerMachineOptions {
  /** Absolute. */
  dataDir: string;
  /** Program and arguments that start `contain.ts`; the attempt's folder is added. */
  contain: string[];
  limits?: Partial<SandboxLimits>;
  /** Finds out what holds in a container; tests ask once. */
  probe?: typeof tryContainer;
}

/** The engine is part of it: who keeps one should ask that it still answers. */
export interface ContainerMachine extends Machine {
  engine: Engine;
  /** As the engine names it, whatever its name stands for later. */
  imageId: string;
  /** False: the name stands for another image by now, or for none. An engine that is away changes nothing. */
  isCurrent(): Promise<boolean>;
}

const OUTPUT_LIMIT = 4_000_000;
const ASK_TIMEOUT_MS = 30_000;
const AWAY_RETRY_MS = 5_000;
/** The attempt that containers are labelled with that ask an image for its programs. */
const ASKING = "agent-programs";
/** Longer than any container works that belongs to no attempt, one of `npm run doctor` beside this server included: older ones a crash left. */
const OWN_WORK_MS = 5 * 60_000;
/** Of the container that is tried out where each attempt has a user of its own. */
const PROBE_UID = 61_000;

/**
 * Containers of one engine and one image, both on this machine, tried out with a container like an agent's. Rejects with `ContainerTrouble`.
 */
export async function openContainerMachine(
  { sockets, image }: ContainerSettings,
  { dataDir, contain, limits: given, probe = tryContainer }: ContainerMachineOptions,
): Promise<ContainerMachine> {
  const engine = await findEngine(sockets);
  const { id: imageId, path } = await agentImage(engine.api, image);
  const limits = { ...DEFAULT_SANDBOX_LIMITS, ...given };
  // A user of one's own takes root on both sides.
  const changesUser = process.getuid?.() === 0 && !engine.rootless;
  const uid = { inside: changesUser ? PROBE_UID : (process.getuid?.() ?? 1_000), given: changesUser };
  const { kind, tried } = await chooseKind(engine, { imageId, limits, server: serverOf(dataDir), changesUser }, (candidate) =>
    probe(engine, candidate, { dataDir, path, image, uid }),
  );
  const known = new Map<string, Promise<Set<string>>>();
  const { api } = engine;

  /** With the engine away its container goes as soon as it is back: how an agent ended is told without waiting for that. */
  async function removeNow(container: string): Promise<void> {
    try {
      await removeContainer(api, container);
    } catch (error) {
      if (!(error instanceof EngineError) || error.status !== 0) throw error;
      setTimeout(() => void removeNow(container).catch(() => undefined), AWAY_RETRY_MS).unref();
    }
  }

  async function run(name: string, program: ConfinedProgram, timeoutMs: number): Promise<ProgramResult> {
    // Of one attempt several may run at once, beside its agent.
    const container = containerName(kind, name, randomUUID().slice(0, 8));
    const result: ProgramResult = { code: null, stdout: "", stderr: "" };
    let timer: NodeJS.Timeout | undefined;
    let isLate = false;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        isLate = true;
        reject(new Error(`${program.argv[0]} took longer than ${timeoutMs / 1_000} s`));
      }, timeoutMs);
    });
    const work = async (): Promise<ProgramResult> => {
      const started = await startContainer(api, container, containerSpec(kind, { name: container, attempt: name }, program));
      const chunks: Record<"stdout" | "stderr", Buffer[]> = { stdout: [], stderr: [] };
      const bytes = { stdout: 0, stderr: 0 };
      await started.relay((stream, chunk) => {
        bytes[stream] += chunk.length;
        if (bytes[stream] <= OUTPUT_LIMIT) chunks[stream].push(chunk);
      });
      const end = await endOf(api, started.id);
      const text = (stream: "stdout" | "stderr"): string => Buffer.concat(chunks[stream]).toString("utf8");
      return { ...result, code: end.running ? null : end.exitCode, stdout: text("stdout"), stderr: text("stderr") };
    };
    const working = work();
    // One that is late may be there only after it was removed.
    working.catch(() => undefined).finally(() => isLate && void removeNow(container).catch(() => undefined));
    try {
      return await Promise.race([working, late]);
    } finally {
      clearTimeout(timer);
      await removeContainer(api, container);
    }
  }

  /** Containers of one attempt or of all, without those that are at work for none. */
  async function ofAttempts(name?: string): Promise<{ id: string; attempt: string }[]> {
    const listed = await listContainers(api, kind.server, name);
    return listed.filter(({ attempt, createdAt }) => ![PROBE, ASKING].includes(attempt) || Date.now() - createdAt > OWN_WORK_MS);
  }

  async function askPrograms(names: readonly string[]): Promise<Set<string>> {
    const script = 'for name; do command -v -- "$name" > /dev/null && printf "%s\\n" "$name"; done; exit 0';
    const argv = ["bash", "-c", script, "ask", ...names];
    const program = { argv, cwd: "/", env: { PATH: path }, mounts: [], uid: uid.inside };
    const { code, stdout } = await run(ASKING, program, ASK_TIMEOUT_MS);
    // Half an answer would stand for as long as the server runs.
    if (code !== 0) throw new Error(`${image} could not be asked for its programs: ${argv[0]} ended with ${code}`);
    const found = new Set(stdout.split("\n"));
    return new Set(names.filter((name) => found.has(name)));
  }

  return {
    engine,
    imageId,
    isCurrent: () =>
      inspectImage(api, image).then(
        (found) => found?.id === imageId,
        () => true,
      ),
    report: containerReport(engine, tried, { image, imageId, limits }),
    isolated: true,
    changesUser,
    node: "node",
    path,
    limits,
    run,
    async launch(name, files, program) {
      const container = containerName(kind, name);
      const spec = containerSpec(kind, { name: container, attempt: name }, program);
      const order: ContainOrder = { socketPath: api.socketPath, image, name: container, spec };
      await writeRecord(join(files.folder, CONTAIN_ORDER_FILE), order);
      const env = { PATH: "/usr/local/bin:/usr/bin:/bin" };
      return { argv: [...contain, files.folder], env, cwd: "/", reportsStatus: true, endsWhenAsked: true };
    },
    programs(names) {
      const key = names.join("\0");
      const asked = known.get(key) ?? askPrograms(names);
      known.set(key, asked);
      asked.catch(() => known.delete(key));
      return asked;
    },
    empty: (name) => removeNow(containerName(kind, name)),
    async release(name) {
      for (const { id } of await ofAttempts(name)) await removeContainer(api, id);
    },
    list: async () => [...new Set((await ofAttempts()).map(({ attempt }) => attempt))],
  };
}

/** With the engine's limits where it can set them; where it cannot, without, and the shim looks itself. */
async function chooseKind(
  engine: Engine,
  { imageId, limits, server, changesUser }: { imageId: AgentImage["id"]; limits: SandboxLimits; server: string; changesUser: boolean },
  attempt: (kind: ContainerKind) => Promise<TriedContainer>,
): Promise<{ kind: ContainerKind; tried: TriedContainer }> {
  const keepId = engine.rootless && engine.kind === "Podman" ? "keep-id" : undefined;
  const usernsMode = engine.remapsUsers ? "host" : keepId;
  const countsApart = changesUser || countsByNamespace(release());
  const limited: ContainerKind = { imageId, server, limits, holds: true, countsApart, usernsMode, unlabelled: engine.selinux };
  const bare = { ...limited, holds: false };
  try {
    const tried = await attempt(limited);
    // Podman without root and with control groups of version 1 takes limits and forgets them.
    if (tried.memory || tried.processes) return { kind: limited, tried };
  } catch (error) {
    if (!(error instanceof ContainerTrouble) || !/cgroup|resource limit|memory|pids/i.test(error.found)) throw error;
  }
  return { kind: bare, tried: await attempt(bare) };
}

/** Since Linux 5.14 a limit on a user's processes is one within a user namespace: user_namespaces(7). Before, it would be all agents' together. */
export function countsByNamespace(kernel: string): boolean {
  const [major = 0, minor = 0] = kernel.split(/[.-]/).map(Number);
  return major > 5 || (major === 5 && minor >= 14);
}

/** Stands for a data folder in names and labels. */
function serverOf(dataDir: string): string {
  return createHash("sha256").update(dataDir).digest("hex").slice(0, 12);
}
