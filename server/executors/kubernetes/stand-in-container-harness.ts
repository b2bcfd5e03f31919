import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface VolumeMount {
  name: string;
  mountPath: string;
}

/** What a container of the stand-in is started with. */
export interface ContainerStart {
  /** Holds its volumes. */
  work: string;
  /** The mounted Secret. */
  config: string;
  /** Where its last word goes. */
  termination: string;
  /** Variables of the pod's spec. */
  given: Record<string, string>;
  /** The pods' program, with the agent's beside it. */
  program: string;
  mounts: VolumeMount[];
}

/** As a process among the others of this machine; its folders lie where the volumes are. */
export function startBare({ work, config, termination, given, program }: ContainerStart): ChildProcess {
  const env = {
    ...given,
    PATH: process.env.PATH,
    HOME: join(work, "work", "home"),
    TMPDIR: work,
    AIDEATOR_POD: config,
    AIDEATOR_TERMINATION_LOG: termination,
  };
  const options = { cwd: join(work, "work"), env: env as unknown as NodeJS.ProcessEnv, stdio: ["ignore", "pipe", "pipe"] } as const;
  return spawn(process.execPath, [program], { ...options, stdio: ["ignore", "pipe", "pipe"] });
}

/** Not the image's. */
const OWN = new Set(["dev", "opt", "proc", "run", "tmp", "var", "workspace"]);

/** With its own mounts and processes, as the pod's spec has them: the rest of this machine's root is there to read, as an image's would be. */
export function startMounted({ work, config, termination, given, program, mounts }: ContainerStart): ChildProcess {
  writeFileSync(termination, "");
  // Where the image's root has no folder for a volume, a container's runtime makes one.
  mkdirSync(join(dirname(program), "check"), { recursive: true });
  const root = readdirSync("/").filter((name) => !OWN.has(name));
  const volumes = mounts.flatMap(({ name, mountPath }) => {
    const source = name === "config" ? config : join(work, name === "work" ? "work" : `volume-${name}`);
    mkdirSync(source, { recursive: true });
    return [name === "config" ? "--ro-bind" : "--bind", source, mountPath];
  });
  const args = [
    ...[
      "--die-with-parent",
      "--unshare-pid",
      "--as-pid-1",
      "--tmpfs",
      "/",
      "--proc",
      "/proc",
      "--dev",
      "/dev",
      "--tmpfs",
      "/run",
      "--tmpfs",
      "/var",
    ],
    ...root.flatMap((name) => ["--ro-bind-try", join("/", name), join("/", name)]),
    ...["--ro-bind", dirname(program), "/opt/aideator"],
    ...(process.execPath.startsWith("/opt/") ? ["--ro-bind", dirname(dirname(process.execPath)), dirname(dirname(process.execPath))] : []),
    ...volumes,
    ...["--bind", termination, "/dev/termination-log", "--symlink", "/var/aideator/tree", "/workspace", "--chdir", "/var/aideator"],
    ...["--setenv", "PATH", process.env.PATH ?? "", process.execPath, "/opt/aideator/pod.mjs"],
  ];
  return spawn("bwrap", args, { env: given as unknown as NodeJS.ProcessEnv, stdio: ["ignore", "pipe", "pipe"] });
}
