import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { endOf, removeContainer } from "./containers";
import { createEngineApi } from "./engine-api";
import { answers } from "./find-engine";
import { importImage } from "./test-image";

/** An engine of the tests' own: its storage, its containers and its socket lie in one folder, and nothing else of the machine is changed. */
export interface TestEngine {
  socketPath: string;
  /** Made of this machine's own files: no registry is needed. */
  image: string;
  /** Ends the engine, not its containers. */
  stop(): void;
  start(): Promise<void>;
  dispose(): Promise<void>;
}

/** How one engine is started. Both lists and files are made for each way of keeping layers that is tried. */
export interface EngineProgram {
  name: "Docker" | "Podman";
  rootOnly: boolean;
  /** Ways of keeping layers, best first. */
  drivers: readonly string[];
  /** Writes its configuration into `folder`; resolves to what is to be started, or to a sentence that says why it cannot be. */
  prepare(folder: string, driver: string): Promise<{ argv: string[]; env?: Record<string, string> } | string>;
  /** Removes its folder, with files that belong to users of its own. */
  remove(folder: string): Promise<void>;
}

const IMAGE = "localhost/aideator-agent-of-tests";
const START_TIMEOUT_MS = 60_000;
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Starts one and gives it the image. Resolves to a sentence where that cannot be. */
export async function startEngine(program: EngineProgram): Promise<TestEngine | string> {
  if (program.rootOnly && process.getuid?.() !== 0) return `these tests start a ${program.name} of their own as root only`;
  const folder = mkdtempSync(join(tmpdir(), "aid-engine-"));
  const socketPath = join(folder, "engine.sock");
  let service: ChildProcess | undefined;
  const stop = (): void => {
    // With what it started in its place: without root Podman works in a child.
    if (service?.pid !== undefined) killQuietly(-service.pid);
    service = undefined;
  };
  const start = async (driver: string): Promise<string | undefined> => {
    const prepared = await program.prepare(folder, driver);
    if (typeof prepared === "string") return prepared;
    const [file = "", ...args] = prepared.argv;
    let said = "";
    await rm(socketPath, { force: true });
    service = spawn(file, args, {
      env: { PATH, HOME: folder, TMPDIR: folder, ...prepared.env } as unknown as NodeJS.ProcessEnv,
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
      // conmon leaves a file `oom` where its engine was started.
      cwd: folder,
    });
    service.stderr?.on("data", (chunk: Buffer) => (said = (said + chunk.toString("utf8")).slice(-4_000)));
    const api = createEngineApi(socketPath);
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (performance.now() < deadline && service?.exitCode === null && service.signalCode === null) {
      if (await answers(api)) return undefined;
      await pause(50);
    }
    stop();
    return said.trim().split("\n").at(-1) || "it did not answer";
  };
  // Whoever ends the tests ends it as well.
  process.once("exit", stop);
  const dispose = async (): Promise<void> => {
    stop();
    process.off("exit", stop);
    for (const pid of processesOf(folder)) killQuietly(pid);
    execFileSync(
      "bash",
      ["-c", 'grep -s -o "$1[^ ]*" /proc/self/mounts | sort -r | while read -r path; do umount -l "$path"; done; true', "unmount", folder],
      { stdio: "ignore" },
    );
    await program.remove(folder);
  };

  const refusals: string[] = [];
  for (const driver of program.drivers) {
    const refused =
      (await start(driver)) ??
      (await importImage(socketPath, IMAGE, folder)
        .then(() => runOnce(socketPath))
        .then(
          () => undefined,
          (error: unknown) => String(error),
        ));
    if (refused === undefined) {
      const again = async (): Promise<void> => {
        const refusal = await start(driver);
        if (refusal !== undefined) throw new Error(refusal);
      };
      return { socketPath, image: IMAGE, dispose, stop, start: again };
    }
    stop();
    refusals.push(refused);
  }
  await dispose();
  return `no ${program.name} runs here: ${refusals.at(-1)}`;
}

/** An engine may answer where no container can run, such as one without root where nobody has given it users. */
async function runOnce(socketPath: string): Promise<void> {
  const api = createEngineApi(socketPath);
  const name = "aideator-test-first";
  const body = { Image: IMAGE, Cmd: ["true"], HostConfig: { NetworkMode: "none" } };
  await api.call("POST", "/containers/create", { query: { name }, body });
  await api.call("POST", `/containers/${name}/start`);
  await endOf(api, name);
  await removeContainer(api, name);
}

/** Monitors of containers, and engines' own helpers: each names the folder in its arguments. */
function processesOf(folder: string): number[] {
  const found = execFileSync("bash", ["-c", 'grep -l -a -s -- "$1" /proc/[0-9]*/cmdline | cut -d/ -f3 || true', "left", folder], {
    encoding: "utf8",
  });
  return found.split("\n").flatMap((pid) => (pid === "" || Number(pid) === process.pid ? [] : [Number(pid)]));
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Ended meanwhile.
  }
}
