import { chown, mkdir, mkdtemp, readFile, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { type ContainerKind, containerName, containerSpec } from "./container-spec";
import { ContainerTrouble } from "./container-trouble";
import { inspectContainer, removeContainer, startContainer } from "./containers";
import { EngineError } from "./engine-api";
import { engineRemedy } from "./engine-remedy";
import type { Engine } from "./find-engine";
import { hostProcess } from "./host-process";

const TIMEOUT_MS = 20_000;
/** The attempt that its containers are labelled with. */
export const PROBE = "agent-probe";

/** Seen from within a container like an agent's. */
const seenSchema = z.object({
  uid: z.int(),
  caps: z.string(),
  nnp: z.string(),
  seccomp: z.string(),
  net: z.array(z.string()),
  pid: z.int(),
  rootWritable: z.boolean(),
  shown: z.string(),
  memory: z.string(),
  pids: z.string(),
  git: z.boolean(),
  node: z.string(),
});

/** Waits for the file `go`, so that its process can be looked at from outside. */
const SCRIPT = `const fs = require("node:fs"); const status = fs.readFileSync("/proc/self/status", "utf8");
const read = (...paths) => { for (const path of paths) try { return fs.readFileSync(path, "utf8").trim(); } catch {} return ""; };
let rootWritable = true; try { fs.writeFileSync("/written", ""); } catch { rootWritable = false; }
const git = require("node:child_process").spawnSync("git", ["--version"]).status === 0;
const seen = { uid: process.getuid(), caps: /CapEff:\\s*(\\w+)/.exec(status)[1], nnp: /NoNewPrivs:\\s*(\\d)/.exec(status)[1],
  seccomp: /Seccomp:\\s*(\\d)/.exec(status)[1], net: Object.keys(require("node:os").networkInterfaces()).filter((name) => name !== "lo"), pid: process.pid,
  rootWritable, shown: read("/workspace/shown"), memory: read("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"),
  pids: read("/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/pids/pids.max"), git, node: process.versions.node };
fs.writeFileSync("/workspace/seen", JSON.stringify(seen)); fs.renameSync("/workspace/seen", "/workspace/said");
const wait = () => fs.existsSync("/workspace/go") ? process.exit(0) : setTimeout(wait, 10); wait(); setTimeout(() => process.exit(0), 10000);`;

/** What holds in a container of this kind. */
export interface TriedContainer {
  /** The engine's control groups hold these. */
  memory: boolean;
  processes: boolean;
  /** Its processes have numbers here, so that the shim can look at them and end them by itself. */
  visible: boolean;
  filtered: boolean;
}

/**
 * Starts one with everything that a real one has, and looks from within and from outside. Rejects with `ContainerTrouble` where agents could
 * not work in it or would have what they must not. Leaves nothing behind.
 */
export async function tryContainer(
  engine: Engine,
  kind: ContainerKind,
  { dataDir, path, image, uid }: { dataDir: string; path: string; image: string; uid: { inside: number; given: boolean } },
): Promise<TriedContainer> {
  const { api } = engine;
  const made = await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(dataDir, "probe-"));
  const name = containerName(kind, PROBE, folder.slice(-6).toLowerCase());
  try {
    const shown = join(folder, "shown");
    await mkdir(shown);
    await writeFile(join(shown, "shown"), folder);
    if (uid.given) await chown(shown, uid.inside, uid.inside);
    const spec = containerSpec(
      kind,
      { name, attempt: PROBE },
      {
        argv: ["node", "-e", SCRIPT],
        cwd: "/workspace",
        env: { PATH: path, HOME: "/workspace" },
        mounts: [{ from: shown, to: "/workspace", writable: true }],
        uid: uid.inside,
      },
    );
    const container = await startContainer(api, name, spec);
    let output = "";
    const ended = container.relay((_, chunk) => void (output += chunk.toString("utf8"))).catch(() => undefined);
    const seen = await Promise.race([said(join(shown, "said")), ended.then(() => pause(200))]);
    if (seen === undefined) {
      const found =
        `A container of ${image} did not see or could not write the data folder ${dataDir}. ${output.trim().slice(0, 500)}`.trim();
      const why = engine.rootless
        ? "An engine without root must run as this server's own user, and be Podman."
        : "The engine must be on this machine, or see AIDEATOR_DATA_DIR at the same path; the image needs Node.js, git and bash.";
      throw new ContainerTrouble(found, why);
    }
    const { pid } = await inspectContainer(api, container.id);
    const init = await hostProcess(container.id, name, pid);
    const owner = await stat(join(shown, "said"));
    await writeFile(join(shown, "go"), "");
    await ended;
    return judge(engine, kind, seen, { owner: owner.uid, uid: uid.inside, visible: init !== undefined, folder, image });
  } catch (error) {
    if (error instanceof ContainerTrouble) throw error;
    const what = error instanceof EngineError ? `The engine could not run a container of ${image}` : "A container could not be tried out";
    throw new ContainerTrouble(
      `${what}: ${error instanceof Error ? error.message : String(error)}`,
      engineRemedy(error, { socketPath: api.socketPath, image }),
    );
  } finally {
    await removeContainer(api, name).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
    // Only while nobody has put anything there.
    if (made !== undefined) await rmdir(dataDir).catch(() => undefined);
  }
}

type Seen = z.infer<typeof seenSchema>;

async function said(path: string): Promise<Seen | undefined> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (performance.now() < deadline) {
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text !== undefined) return seenSchema.parse(JSON.parse(text));
    await pause(10);
  }
  return undefined;
}

/** Throws where it has what no agent may have. */
function judge(
  { kind, version }: Engine,
  { limits, holds }: ContainerKind,
  seen: Seen,
  outside: { owner: number; uid: number; visible: boolean; folder: string; image: string },
): TriedContainer {
  const refuse = (found: string, remedy: string): never => {
    throw new ContainerTrouble(`A container of ${kind} ${version} ${found}.`, remedy);
  };
  const engine = "AIdeator starts no agent there: look at the engine's configuration.";
  if (seen.shown !== outside.folder) refuse("sees other files than this machine", "AIDEATOR_DATA_DIR must be the same folder for both.");
  if (seen.uid !== outside.uid || outside.owner !== outside.uid)
    refuse("writes as another user than it was started as", "An engine without root must run as this server's own user, and be Podman.");
  if (seen.uid === 0 || !/^0+$/.test(seen.caps) || seen.nnp !== "1") refuse("keeps privileges", engine);
  if (seen.net.length > 0) refuse(`has a network (${seen.net.join(", ")})`, engine);
  if (seen.pid > 50) refuse("shares processes with others", engine);
  if (seen.rootWritable) refuse("can write its root", engine);
  if (!seen.git || Number(seen.node.split(".")[0]) < 20) {
    const image = `Set AIDEATOR_AGENT_IMAGE to an image with git and Node.js 20, such as the one of agent/Dockerfile.`;
    refuse(`made of ${outside.image} has ${seen.git ? `Node.js ${seen.node} only` : "no git"}`, image);
  }
  return {
    memory: holds && Number(seen.memory) > 0 && Number(seen.memory) <= limits.memoryBytes,
    processes: holds && Number(seen.pids) > 0 && Number(seen.pids) <= limits.processes,
    visible: outside.visible,
    filtered: seen.seccomp === "2",
  };
}
