import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createReadStream, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { findProgram } from "../local/find-program";
import { createEngineApi } from "./engine-api";

/** A Podman of the tests' own: its storage, its containers and its socket lie in one folder, and nothing else of the machine is touched. */
export interface TestPodman {
  socketPath: string;
  /** Made of this machine's own files: no registry is needed. */
  image: string;
  /** Ends the engine, not its containers. */
  stop(): void;
  start(): Promise<void>;
  dispose(): Promise<void>;
}

const IMAGE = "localhost/aideator-agent-of-tests";
const START_TIMEOUT_MS = 20_000;
/** What agents of tests, and git's own scripts, call. */
const PROGRAMS =
  "node bash git cat head tail sort sed grep find xargs comm tr cut printf ls mkdir rm cp mv chmod ln touch mkfifo truncate sleep setsid tee dirname basename pwd id env true false wc unshare mount";

/** Starts one and gives it the image. Resolves to a sentence where that cannot be. */
export async function startPodman(): Promise<TestPodman | string> {
  const podman = await findProgram("podman");
  if (podman === undefined) return "podman is not installed: apt-get install podman runc";
  if (process.getuid?.() !== 0) return "these tests start a Podman of their own as root only";
  const folder = mkdtempSync(join(tmpdir(), "aid-podman-"));
  const socketPath = join(folder, "podman.sock");
  writeFileSync(join(folder, "containers.conf"), containersConf((await findProgram("runc")) === undefined ? "crun" : "runc"));
  let service: ChildProcess | undefined;
  const stop = (): void => {
    service?.kill("SIGKILL");
    service = undefined;
  };
  const start = async (driver: string): Promise<string | undefined> => {
    const storage = join(folder, "storage.conf");
    writeFileSync(storage, `[storage]\ndriver = "${driver}"\nrunroot = "${folder}/run"\ngraphroot = "${folder}/root"\n`);
    const env = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: folder, TMPDIR: folder };
    let said = "";
    await rm(socketPath, { force: true });
    service = spawn(podman, ["--tmpdir", join(folder, "tmp"), "system", "service", "--time=0", `unix://${socketPath}`], {
      env: { ...env, CONTAINERS_CONF: join(folder, "containers.conf"), CONTAINERS_STORAGE_CONF: storage } as unknown as NodeJS.ProcessEnv,
      stdio: ["ignore", "ignore", "pipe"],
      // conmon leaves a file `oom` where its engine was started.
      cwd: folder,
    });
    service.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    const api = createEngineApi(socketPath);
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (performance.now() < deadline && service?.exitCode === null) {
      if (
        await api.call("GET", "/info", { timeoutMs: 5_000 }).then(
          () => true,
          () => false,
        )
      )
        return undefined;
      await pause(50);
    }
    stop();
    return said.trim().split("\n").at(-1) || "it did not answer";
  };
  const dispose = async (): Promise<void> => {
    const left = execFileSync("bash", ["-c", 'grep -l -a -s -- "$1" /proc/[0-9]*/cmdline | cut -d/ -f3 || true', "left", folder], {
      encoding: "utf8",
    });
    stop();
    for (const pid of left.split("\n").filter((one) => one !== "" && Number(one) !== process.pid)) killQuietly(Number(pid));
    execFileSync(
      "bash",
      ["-c", 'grep -s -o "$1[^ ]*" /proc/self/mounts | sort -r | while read -r path; do umount -l "$path"; done; true', "unmount", folder],
      {
        stdio: "ignore",
      },
    );
    rmSync(folder, { recursive: true, force: true });
  };

  let driver = "overlay";
  let refused = await start(driver);
  if (refused !== undefined) {
    driver = "vfs";
    refused = await start(driver);
  }
  refused ??= await importImage(socketPath, folder).then(
    () => undefined,
    (error: unknown) => String(error),
  );
  if (refused !== undefined) {
    await dispose();
    return `no Podman runs here: ${refused}`;
  }
  return {
    socketPath,
    image: IMAGE,
    dispose,
    stop,
    async start() {
      const again = await start(driver);
      if (again !== undefined) throw new Error(again);
    },
  };
}

/** Limits that it has itself: without the right to raise them a runtime refuses larger ones. */
function containersConf(runtime: string): string {
  return `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "${runtime}"
cgroup_manager = "cgroupfs"
events_logger = "none"
`;
}

/** Node.js, git, bash and what they need of this machine, as one layer. */
async function importImage(socketPath: string, folder: string): Promise<void> {
  const root = join(folder, "image");
  for (const path of ["usr/bin", "usr/lib", "tmp", "etc", "proc", "sys", "dev", "home"]) await mkdir(join(root, path), { recursive: true });
  for (const path of ["bin", "sbin"]) execFileSync("ln", ["-s", "usr/bin", join(root, path)]);
  execFileSync("ln", ["-s", "usr/lib", join(root, "lib")]);
  const programs = await Promise.all(
    PROGRAMS.split(" ").map(async (name) => ({ name, path: name === "node" ? process.execPath : await findProgram(name) })),
  );
  const present = programs.filter((program): program is { name: string; path: string } => program.path !== undefined);
  for (const { name, path } of present) copy(path, join(root, "usr/bin", name));
  copy(join(root, "usr/bin/bash"), join(root, "usr/bin/sh"));
  const core = execFileSync("git", ["--exec-path"], { encoding: "utf8" }).trim();
  mkdirSync(join(root, core), { recursive: true });
  // git finds itself there; of the rest nothing is called.
  execFileSync("ln", ["-s", "/usr/bin/git", join(root, core, "git")]);
  for (const library of librariesOf(present.map(({ path }) => path))) copy(library, join(root, library));
  const tar = join(folder, "image.tar");
  execFileSync("tar", ["-C", root, "-cf", tar, "."]);
  rmSync(root, { recursive: true, force: true });
  const query = { fromSrc: "-", repo: IMAGE };
  const answer = await createEngineApi(socketPath).stream("POST", "/images/create", {
    query,
    send: createReadStream(tar),
    timeoutMs: 120_000,
  });
  let said = "";
  for await (const chunk of answer) said += String(chunk);
  rmSync(tar);
  if (/"error"/.test(said)) throw new Error(said.slice(0, 500));
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  execFileSync("cp", ["-L", "--", from, to]);
}

/** `ldd`: `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)`. A script has none. */
function librariesOf(programs: string[]): string[] {
  const found = programs.flatMap((program) => {
    try {
      return execFileSync("ldd", [program], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).match(/\/[^ ]+(?= \(0x)/g) ?? [];
    } catch {
      return [];
    }
  });
  return [...new Set(found)].filter((path) => existsSync(path) && statSync(path).isFile());
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Ended meanwhile.
  }
}
