import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { SandboxStatus } from "../local/status-channel";
import { type ContainerSpec, initOf } from "./container-spec";

const ROOT = "/sys/fs/cgroup";
/** A runtime becomes the container's init a moment after it has told of its start. */
const INIT_TRIES = 25;
const INIT_INTERVAL_MS = 20;

/**
 * What this machine knows of a container's init: its number and where the kernel counts. Undefined unless it surely is that container's
 * (its control group or, of an engine without groups, its command line is named after it): an engine in a virtual machine or behind a
 * namespace numbers processes of its own, and one of this machine's with the same number is not to be touched. `name`: the container's.
 */
export async function hostProcess(containerId: string, name: string, pid: number): Promise<HostProcess | undefined> {
  if (pid <= 0) return undefined;
  const grouped = processOfGroup(containerId, pid);
  if (grouped !== undefined) return grouped;
  const begin = `${initOf(name).join("\0")}\0`;
  for (let tries = 0; tries < INIT_TRIES; tries += 1) {
    try {
      if (readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith(begin)) return { "child-pid": pid };
    } catch {
      return undefined;
    }
    await pause(INIT_INTERVAL_MS);
  }
  return undefined;
}

type HostProcess = SandboxStatus & { "child-pid": number };

function processOfGroup(containerId: string, pid: number): HostProcess | undefined {
  let groups: string;
  try {
    groups = readFileSync(`/proc/${pid}/cgroup`, "utf8");
  } catch {
    return undefined;
  }
  // cgroups(7): `number:controllers:path`; version 2 has no controllers.
  const paths = [...groups.matchAll(/^\d+:([^:]*):(.*)$/gm)].map(([, controllers = "", path = ""]) => ({
    controllers: controllers.split(","),
    path: groupOf(path, containerId),
  }));
  if (!paths.some(({ path }) => path !== undefined)) return undefined;
  const file = (controller: string, names: { v1: string; v2: string }): string | undefined => {
    const own = paths.find(({ controllers }) => controllers.includes(controller));
    const whole = own === undefined ? paths.find(({ controllers }) => controllers[0] === "") : undefined;
    const candidate =
      own?.path !== undefined
        ? join(ROOT, controller, own.path, names.v1)
        : whole?.path !== undefined
          ? join(ROOT, whole.path, names.v2)
          : undefined;
    return candidate !== undefined && existsSync(candidate) ? candidate : undefined;
  };
  return {
    "child-pid": pid,
    oomFile: file("memory", { v1: "memory.oom_control", v2: "memory.events" }),
    forksFile: file("pids", { v1: "pids.events", v2: "pids.events" }),
  };
}

/** Without counters of what the engine does not limit: they would stay at nothing for ever, and the shim has to look itself. */
export function onlyHeld<T extends SandboxStatus>({ HostConfig }: Pick<ContainerSpec, "HostConfig">, init: T | undefined): T | undefined {
  return init === undefined || "Memory" in HostConfig ? init : { ...init, oomFile: undefined, forksFile: undefined };
}

/** Up to the group that is the container's own; a runtime may have made another one within. */
function groupOf(path: string, containerId: string): string | undefined {
  const parts = path.split("/");
  const at = parts.findIndex((part) => part.includes(containerId));
  return at < 0 ? undefined : parts.slice(0, at + 1).join("/");
}
