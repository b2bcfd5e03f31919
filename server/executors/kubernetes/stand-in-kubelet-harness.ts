import type { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { startBare, startMounted, type VolumeMount } from "./stand-in-container-harness";
import type { StandInObject, StandInStore } from "./stand-in-store";

export interface LogEntry {
  at: number;
  text: string;
}

/** A container of the stand-in: a process on this machine, and what it printed. */
export class StandInContainer extends EventEmitter {
  /** What the node still has: a rotation takes away what is older. */
  log: LogEntry[] = [];
  ended = false;
  private rest = "";

  constructor(
    private readonly child: ChildProcess,
    private readonly work: string,
  ) {
    super();
    this.setMaxListeners(0);
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => this.take(chunk.toString("utf8")));
  }

  private take(text: string): void {
    const pieces = (this.rest + text).split("\n");
    this.rest = pieces.pop() ?? "";
    for (const piece of pieces) {
      const entry = { at: Date.now(), text: piece };
      this.log.push(entry);
      this.emit("entry", entry);
    }
  }

  signal(name: "SIGTERM" | "SIGKILL"): void {
    this.child.kill(name);
    if (name === "SIGKILL") for (const pid of processesIn(this.work)) kill(pid);
  }
}

/** Everything that was started with this folder as its home: what a container's end would take with it. */
function processesIn(work: string): number[] {
  return readdirSync("/proc").flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      return readFileSync(`/proc/${entry}/environ`, "utf8").includes(`HOME=${work}/`) ? [Number(entry)] : [];
    } catch {
      return [];
    }
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}

interface PodEnv {
  name: string;
  value: string;
}

/** What a fault says of the next pods. */
export interface PodFault {
  /** The container waits for ever with this reason. */
  waiting?: { reason: string; message?: string };
  /** No node takes it. */
  unschedulable?: string;
}

/** Runs the containers of pods as processes, with the pod's program `program`; folders below `root`. */
export class StandInKubelet {
  readonly containers = new Map<string, StandInContainer>();
  fault: PodFault | undefined;
  /** Why the next end is no ordinary one. */
  private readonly reasons = new Map<string, string>();

  /** `mounts`: containers see their volumes where the pod says, and no others' files: needs bubblewrap. */
  constructor(
    private readonly store: StandInStore,
    private readonly root: string,
    private readonly program: string,
    private readonly mounts = false,
  ) {}

  /** Takes a pod that was just made. */
  admit(name: string): void {
    if (this.fault?.unschedulable !== undefined) {
      const condition = { type: "PodScheduled", status: "False", reason: "Unschedulable", message: this.fault.unschedulable };
      return this.set(name, { phase: "Pending", conditions: [condition] });
    }
    if (this.fault?.waiting !== undefined)
      return this.set(name, { phase: "Pending", containerStatuses: [{ name: "agent", state: { waiting: this.fault.waiting } }] });
    this.set(name, { phase: "Pending", containerStatuses: [{ name: "agent", state: { waiting: { reason: "ContainerCreating" } } }] });
    setTimeout(() => this.run(name), 20);
  }

  private run(name: string): void {
    const pod = this.store.get("pods", name);
    if (pod === undefined || this.containers.has(name)) return;
    const spec = pod.spec as {
      volumes: { secret?: { secretName: string } }[];
      containers: { env: PodEnv[]; volumeMounts: VolumeMount[] }[];
    };
    const secretName = spec.volumes.find(({ secret }) => secret !== undefined)?.secret?.secretName ?? "";
    const secret = this.store.get("secrets", secretName);
    if (secret === undefined) return void setTimeout(() => this.run(name), 50);
    const work = join(this.root, name);
    const config = join(work, "secret");
    mkdirSync(join(work, "work"), { recursive: true });
    mkdirSync(config, { recursive: true });
    for (const [file, text] of Object.entries(secret.stringData as Record<string, string>)) writeFileSync(join(config, file), text);
    const given = Object.fromEntries((spec.containers[0]?.env ?? []).map((one) => [one.name, one.value]));
    const termination = join(work, "termination-log");
    const start = this.mounts ? startMounted : startBare;
    const child = start({ work, config, termination, given, program: this.program, mounts: spec.containers[0]?.volumeMounts ?? [] });
    this.containers.set(name, new StandInContainer(child, work));
    this.set(name, { phase: "Running", containerStatuses: [{ name: "agent", state: { running: {} } }] });
    child.once("close", (code, signal) =>
      this.conclude(name, code ?? 128 + (signal === null ? 0 : constants.signals[signal]), termination),
    );
  }

  private conclude(name: string, exitCode: number, termination: string): void {
    const container = this.containers.get(name);
    if (container !== undefined) container.ended = true;
    container?.emit("end");
    const pod = this.store.get("pods", name);
    if (pod === undefined) return;
    const reason = this.reasons.get(name) ?? (exitCode === 0 ? "Completed" : "Error");
    const terminated = { exitCode, reason, message: read(termination) };
    this.set(name, {
      ...pod.status,
      phase: exitCode === 0 ? "Succeeded" : "Failed",
      containerStatuses: [{ name: "agent", state: { terminated } }],
    });
    if (pod.metadata.deletionTimestamp !== undefined) setTimeout(() => this.store.remove("pods", name), 20);
  }

  /** Graceful: SIGTERM, then the object goes with its container. */
  delete(name: string): void {
    const pod = this.store.get("pods", name);
    if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return;
    const container = this.containers.get(name);
    if (container === undefined || container.ended) return this.store.remove("pods", name);
    this.store.put("pods", { ...pod, metadata: { ...pod.metadata, deletionTimestamp: new Date().toISOString() } });
    container.signal("SIGTERM");
  }

  /** The kernel ends everything in the container for memory. */
  outOfMemory(name: string): void {
    this.reasons.set(name, "OOMKilled");
    this.containers.get(name)?.signal("SIGKILL");
  }

  evict(name: string, message: string): void {
    const pod = this.store.get("pods", name);
    if (pod !== undefined) this.set(name, { ...pod.status, reason: "Evicted", message });
    this.containers.get(name)?.signal("SIGTERM");
  }

  set(name: string, status: Record<string, unknown>): void {
    const pod = this.store.get("pods", name);
    if (pod !== undefined) this.store.put("pods", { ...pod, status });
  }

  /** Ends all processes. */
  close(): void {
    for (const container of this.containers.values()) container.signal("SIGKILL");
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** A pod of a Job, as its controller makes it. */
export function podOf(job: StandInObject): StandInObject & { metadata: { name: string } } {
  const template = (job.spec as { template: { metadata: object; spec: object } }).template;
  const suffix = Math.random().toString(36).slice(2, 7);
  return {
    ...structuredClone(template),
    metadata: {
      ...template.metadata,
      name: `${job.metadata.name}-${suffix}`,
      creationTimestamp: new Date().toISOString(),
      ownerReferences: [{ apiVersion: "batch/v1", kind: "Job", name: job.metadata.name, uid: job.metadata.uid }],
    },
  } as unknown as StandInObject;
}
