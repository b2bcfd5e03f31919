import type { SandboxLimits } from "../local/attempt-files";
import type { ConfinedProgram } from "../local/machine";

/** How containers of one engine are made. */
export interface ContainerKind {
  /** What the image is called by those who made it; containers are made of its id. */
  imageId: string;
  limits: Pick<SandboxLimits, "memoryBytes" | "processes" | "fileBytes">;
  /** Whether this engine can hold memory and processes within limits. */
  holds: boolean;
  /** Whether the kernel counts processes of a container's user apart from others of that user. */
  countsApart: boolean;
  /** Where the engine runs as an ordinary user: `keep-id`, so that users inside are those outside. */
  usernsMode?: "keep-id" | "host";
  /** Where SELinux labels files: the trees have those of the server. */
  unlabelled: boolean;
  /** Stands for the server's data folder in names and labels: several servers may use one engine. */
  server: string;
}

/** Beside a server of the usual 1024: agents share what it leaves. */
const CPU_SHARES = 256;
const SHARED_MEMORY_BYTES = 256 * 1024 * 1024;

export const SERVER_LABEL = "aideator.server";
export const ATTEMPT_LABEL = "aideator.attempt";

/**
 * The init of a container: it reaps orphans, turns an end by a signal into 128 + its number as shells do, and lowers what the engine cannot
 * be asked for (limits that an engine is told replace all of its defaults, some of which it may not be allowed to set). Its own words, such
 * as `Killed`, are nobody's output.
 */
const INIT = 'exec 3>&2 2>/dev/null; ulimit -c 0 -f "$1"; [ -z "$2" ] || ulimit -u "$2"; shift 2; "$@" 2>&3 3>&-; exit $?';
/**
 * Where nothing else holds them, so many processes of its user are the kernel's limit: beyond what the shim ends a container for, so that it
 * can say why.
 */
const UNHELD_PROCESSES = 1.5;

/** How the command line of a container's init begins. */
export const initOf = (container: string): string[] => ["bash", "-c", INIT, container];

/** Deterministic, so that it is found again when everybody has forgotten it. `use`: what for, where an attempt has several. */
export function containerName({ server }: Pick<ContainerKind, "server">, attempt: string, use?: string): string {
  return `aideator-${server}-${attempt}${use === undefined ? "" : `-${use}`}`;
}

/**
 * The body of `POST /containers/create`. Pure. `name`: the container's, which its init bears among its arguments. The environment holds the
 * attempt's token: whoever may use the engine can read it there.
 */
export function containerSpec(kind: ContainerKind, { name, attempt }: { name: string; attempt: string }, program: ConfinedProgram) {
  const { imageId, limits, holds, countsApart, usernsMode, unlabelled, server } = kind;
  const { argv, cwd, env, mounts, uid } = program;
  return {
    Image: imageId,
    // bash counts in blocks of 1024 bytes.
    Entrypoint: [
      ...initOf(name),
      String(Math.floor(limits.fileBytes / 1024)),
      holds || !countsApart ? "" : String(Math.ceil(limits.processes * UNHELD_PROCESSES)),
    ],
    Cmd: argv,
    User: `${uid}:${uid}`,
    WorkingDir: cwd,
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    Labels: { [SERVER_LABEL]: server, [ATTEMPT_LABEL]: attempt },
    Hostname: "workspace",
    Healthcheck: { Test: ["NONE"] },
    Tty: false,
    OpenStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      NetworkMode: "none",
      IpcMode: "private",
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      // Without a profile of its own named here an engine takes its default filter of system calls.
      SecurityOpt: ["no-new-privileges", ...(unlabelled ? ["label=disable"] : [])],
      ShmSize: SHARED_MEMORY_BYTES,
      // The shim keeps what is said, within bounds; the engine would keep it again without any.
      LogConfig: { Type: "none", Config: {} },
      AutoRemove: false,
      RestartPolicy: { Name: "no" },
      ...(usernsMode === undefined ? {} : { UsernsMode: usernsMode }),
      ...(holds ? { Memory: limits.memoryBytes, MemorySwap: limits.memoryBytes, PidsLimit: limits.processes, CpuShares: CPU_SHARES } : {}),
      // Mounts, not binds: a path may have any character.
      Mounts: mounts.map(({ from, to, writable }) => ({ Type: "bind", Source: from, Target: to, ReadOnly: !writable })),
    },
  };
}
export type ContainerSpec = ReturnType<typeof containerSpec>;
