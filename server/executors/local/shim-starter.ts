import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { type AttemptFiles, readRecord, shimRecordSchema } from "./attempt-files";

const START_TIMEOUT_MS = 10_000;

/** Starts shims. One boots while its attempt's tree is being made, so that the start itself has not to wait for it. */
export interface ShimStarter {
  /** Boots one for the attempt in this folder; it does nothing until `launch`, and ends when it is dismissed or this server ends. */
  boot(files: AttemptFiles): void;
  /** Lets it begin: `launch.json` is there. Resolves when it has said who it is; rejects when it ends or takes longer than 10 s. */
  launch(files: AttemptFiles): Promise<void>;
  /** Ends one that was booted and never launched. */
  dismiss(files: AttemptFiles): void;
}

/** See `ShimStarter`. `command`: program and arguments, the attempt's folder is added. */
export function createShimStarter(command: string[], env: Record<string, string>): ShimStarter {
  const booted = new Map<string, ChildProcess>();

  function spawnShim(folder: string): ChildProcess {
    const [program = "", ...args] = command;
    const shim = spawn(program, [...args, folder], {
      cwd: "/",
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
      env: env as NodeJS.ProcessEnv,
    });
    // What it could not be started or told is seen by whoever launches it.
    shim.on("error", () => booted.delete(folder));
    shim.once("exit", () => booted.delete(folder));
    shim.stdin?.on("error", () => undefined);
    shim.unref();
    return shim;
  }

  return {
    boot({ folder }) {
      if (!booted.has(folder)) booted.set(folder, spawnShim(folder));
    },
    async launch(files) {
      const shim = booted.get(files.folder) ?? spawnShim(files.folder);
      booted.delete(files.folder);
      const failed = new Promise<never>((_, reject) => {
        shim.once("error", reject);
        shim.once("exit", (code) => code !== 0 && reject(new Error(`the shim ended with ${code}`)));
      });
      shim.stdin?.end("go\n");
      await Promise.race([failed, shimThere(files)]);
    },
    dismiss({ folder }) {
      booted.get(folder)?.stdin?.end();
      booted.delete(folder);
    },
  };
}

async function shimThere(files: AttemptFiles): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    if ((await readRecord(files.shim, shimRecordSchema).catch(() => undefined)) !== undefined) return;
    if (performance.now() > deadline) throw new Error("the shim did not start in time");
    await pause(5);
  }
}
