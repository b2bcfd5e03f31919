import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The built server as a real process, on a port and a data folder of its own. */
export interface TestServer {
  url: string;
  port: number;
  dataDir: string;
  /** Ends the process with this signal and waits until it is gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and data. */
  restart(): Promise<void>;
  /** Stops it and removes its data. */
  dispose(): Promise<void>;
  /** What it wrote to stderr and stdout. */
  output(): string;
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Starts `dist/server.mjs`; `env` overrides the configuration. */
export async function startServer(env: Record<string, string> = {}): Promise<TestServer> {
  const port = await freePort();
  // Short: the gateway's unix socket lies below it.
  const dataDir = await mkdtemp(join(tmpdir(), "aid-"));
  let output = "";
  let child: ChildProcess;

  async function start(): Promise<void> {
    const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(ANTHROPIC_|AIDEATOR_|DATABASE_URL)/.test(name)));
    child = spawn(process.execPath, ["dist/server.mjs"], {
      cwd: root,
      env: {
        ...clean,
        NODE_ENV: "production",
        PORT: String(port),
        HOST: "127.0.0.1",
        AIDEATOR_DATA_DIR: dataDir,
        AIDEATOR_SCRIPTS: join(root, "e2e/scripts"),
        // Stories of checks ask for them: all others would have them run beside, and on after the end of a run.
        AIDEATOR_AUTO_CHECKS: "0",
        AIDEATOR_LOG_LEVEL: "warn",
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ready = new Promise<void>((resolve, reject) => {
      child.stdout?.on("data", (chunk) => {
        output += String(chunk);
        if (output.includes("is ready at")) resolve();
      });
      child.stderr?.on("data", (chunk) => {
        output += String(chunk);
      });
      child.once("exit", (code) => reject(new Error(`the server ended with ${code}:\n${output}`)));
    });
    await ready;
  }

  async function kill(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }

  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    dataDir,
    kill,
    async restart() {
      output = "";
      await start();
    },
    async dispose() {
      await kill("SIGTERM");
      await rm(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
    output: () => output,
  };
}
