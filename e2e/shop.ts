import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { apiClient, ended } from "./api-client";
import { startServer, type TestServer } from "./server";

/** A small repository on this machine, and a server on which scripted models (`e2e/scripts/shop`) change it. */
export interface Shop {
  server: TestServer;
  /** The checkout. */
  path: string;
  git(...args: string[]): string;
  write(path: string, content: string | Buffer): void;
  /** Starts a run with one model per variation; resolves to its id. */
  run(scripts: string[]): Promise<string>;
  /** As `run`, and waits until all variations are done. */
  finished(scripts: string[]): Promise<string>;
  dispose(): Promise<void>;
}

const RETRY = `import { sleep } from "../util/time";

export type Send<T> = () => Promise<T>;

const MAX_ATTEMPTS = 3;
const BASE_DELAY_MS = 250;

/** An error that the server answered with. */
export function isTransient(status: number): boolean {
  return status === 429 || status >= 500;
}

export function delayBefore(attempt: number): number {
  return BASE_DELAY_MS * 2 ** attempt;
}

export const noDelay = 0;

/** Sends again, at most three times. */
export async function withRetry<T>(send: Send<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
        if (attempt >= MAX_ATTEMPTS) throw error;
    }
    await sleep(delayBefore(attempt));
  }
}
`;
const LOGO =
  "iVBORw0KGgoAAAANSUhEUgAAAEAAAAAwCAIAAAAuKetIAAAAXElEQVR42u3XoQ0AIAwEQAZjJiZGY9B4FiiqBsIllS966vNlzBVebT282/IFAAAAACAFeOXRUx4AAAAAIAfQxAAAAAD2gCYGAAAAsAc0MQAAAIA9oIkBAAAAvgNsIL7JeHGeLsUAAAAASUVORK5CYII=";

const FILES: Record<string, string | Buffer> = {
  "README.md": "# Shop\n\nRequests are sent again three times.\n",
  "package.json": '{ "name": "shop", "private": true }\n',
  "package-lock.json": '{\n  "name": "shop",\n  "lockfileVersion": 3,\n  "packages": { "": { "version": "1.0.0" } }\n}\n',
  "src/http/retry.ts": RETRY,
  "src/http/client.ts": "export const options = { timeoutMs: 1000 };\n",
  "src/http/errors.ts":
    "class HttpError extends Error {}\n\nexport function failure(message: string): Error {\n  return new Error(message);\n}\n",
  "src/util/time.ts":
    "/** Waits. */\nexport function sleep(ms: number): Promise<void> {\n  return new Promise((resolve) => setTimeout(resolve, ms));\n}\n\nexport const second = 1_000;\nexport const minute = 60 * second;\n",
  "scripts/release.sh": "#!/bin/sh\necho release\n",
  "docs/guide.md": "# Guide\n\nRead the code.\n",
  "assets/logo.png": Buffer.from(LOGO, "base64"),
  "data/table.bin": Buffer.from([0, 1, 2, 3]),
  "data/big.csv": Array.from({ length: 40_000 }, (_, at) => `${at},value ${at},${at % 7}\n`).join(""),
};

export async function openShop(): Promise<Shop> {
  const folder = mkdtempSync(join(tmpdir(), "aid-shop-"));
  const path = join(folder, "shop");
  mkdirSync(path);
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "safe.directory=*", "-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...args], {
      cwd: path,
      encoding: "utf8",
    }).trim();
  const write = (name: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  };
  for (const [name, content] of Object.entries(FILES)) write(name, content);
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("commit", "-qm", "A small shop");
  const server = await startServer({
    AIDEATOR_LOCAL_REPOS: folder,
    AIDEATOR_SCRIPTS: fileURLToPath(new URL("scripts/shop", import.meta.url)),
    AIDEATOR_GIT_AUTHOR: "Ada Lovelace <ada@example.com>",
    AIDEATOR_MAX_RUNNING: "5",
  });
  const api = apiClient(server.url);

  async function run(scripts: string[]): Promise<string> {
    const line_up = scripts.map((script) => ({ model: `script:${script}` }));
    return (await api.startRun({ github_url: path, prompt: "Make the retry policy configurable", line_up })).run_id;
  }

  return {
    server,
    path,
    git,
    write,
    run,
    async finished(scripts) {
      const id = await run(scripts);
      await api.until(id, ended);
      return id;
    },
    async dispose() {
      await server.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
