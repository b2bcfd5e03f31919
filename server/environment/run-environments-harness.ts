import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import pino from "pino";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { isTerminal, type RunState } from "@/lib/run/state";
import type { HostExecutor } from "../executors/local/host-executor";
import { createBundledExecutor } from "../executors/local/local-harness";
import { probeSandbox } from "../executors/local/sandbox";
import { createGitStore } from "../git/git-store-disk";
import { parseRepositoryAddress } from "../git/repository-address";
import { createRunConductor } from "../runs/conduct-run";
import { redactSecrets } from "../runs/redact-secrets";
import type { RunContext } from "../runs/run-context";
import { createRunQueue } from "../runs/run-queue";
import { createRunService } from "../runs/run-service";
import { createRunWriter } from "../runs/run-writer";
import { type Database, openDatabase } from "../storage/prisma/database";
import { createPrismaEventLog } from "../storage/prisma/event-log";
import { createPrismaProjectSettings } from "../storage/prisma/project-settings";
import { createPrismaRunIndex } from "../storage/prisma/run-index";
import { createRunImages } from "../storage/run-images-disk";
import { createRunEnvironments } from "./create-run-environments";
import { createDependencyCache } from "./dependency-cache";
import { ecosystems } from "./ecosystems";
import { createProjectEnvironment } from "./project-environment";
import { createProjectVault } from "./project-vault";
import { registrySettings } from "./registry-settings";
import { createSecretBox, secretKey } from "./secret-box";

export const sandboxed = (await probeSandbox()).isolated;
/** An agent that runs its prompt as a shell command and says what came out. */
const AGENT = `
import { readFileSync } from "node:fs";
import { execFile, execFileSync } from "node:child_process";
import { takeEnvironment } from ${JSON.stringify(fileURLToPath(new URL("../../agent/environment.ts", import.meta.url)))};
const task = JSON.parse(readFileSync(process.env.AIDEATOR_TASK, "utf8"));
takeEnvironment(process.env.AIDEATOR_ENVIRONMENT);
const text = execFileSync("/bin/bash", ["-c", task.prompt + " 2>&1 || true"], { encoding: "utf8" });
console.log(JSON.stringify({ type: "text.delta", block: "t", text }));
console.log(JSON.stringify({ type: "agent.finished", summary: "done" }));
`;
/** A package manager on a busy machine takes its time. */
export const LONG = 200_000;

let bundles: string;
/** Of one test: repositories, and the data folder `data`. */
export let dir: string;
let registry: Server;
/** Paths that the registry was asked for. */
export let requests: string[];
export let database: Database;
let gate: Promise<void>;
const executors: HostExecutor[] = [];
const servers: { drain(): Promise<void> }[] = [];

/** To be called once per file: everything real but the model and the registry — sandboxes, npm, the proxy, git, the database — anew for each test. */
export function environmentsForEachTest(): void {
  beforeAll(async () => {
    bundles = await mkdtemp(join(tmpdir(), "aid-bundles-"));
    chmodSync(bundles, 0o755);
    const shared = { bundle: true, platform: "node", format: "esm", target: "node20", logLevel: "silent" } as const;
    const banner = { js: `import { createRequire as __r } from "node:module"; const require = __r(import.meta.url);` };
    const entry = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
    await writeFile(join(bundles, "agent.ts"), AGENT);
    await Promise.all([
      build({
        ...shared,
        banner,
        entryPoints: [join(bundles, "agent.ts")],
        outfile: join(bundles, "agent.mjs"),
        nodePaths: [entry("../../node_modules")],
      }),
      build({ ...shared, banner, entryPoints: [entry("../../agent/set-up.ts")], outfile: join(bundles, "setup.mjs") }),
      build({ ...shared, banner, entryPoints: [entry("../executors/local/shim.ts")], outfile: join(bundles, "shim.mjs") }),
    ]);
  });
  afterAll(() => rm(bundles, { recursive: true, force: true }));

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "aid-env-"));
    gate = Promise.resolve();
    requests = [];
    await mkdir(join(dir, "tarball/package"), { recursive: true });
    await writeFile(join(dir, "tarball/package/package.json"), JSON.stringify({ name: "tiny", version: "1.0.0", main: "index.js" }));
    await writeFile(join(dir, "tarball/package/index.js"), "module.exports = 'tiny says hello';\n");
    execFileSync("tar", ["czf", join(dir, "tiny.tgz"), "-C", join(dir, "tarball"), "package"]);
    registry = createServer((request, response) => {
      requests.push(request.url ?? "");
      void gate.then(() =>
        request.url?.endsWith(".tgz") === true ? response.end(readFileSync(join(dir, "tiny.tgz"))) : response.writeHead(404).end(),
      );
    });
    registry.listen(0, "127.0.0.1");
    await new Promise((resolve) => registry.once("listening", resolve));
    database = await openDatabase(join(dir, "data/log.db"), "prisma/migrations");
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.drain();
    for (const executor of executors.splice(0)) for (const name of attempts()) await executor.cleanup(name);
    registry.closeAllConnections();
    registry.close();
    await database.$disconnect();
    await rm(dir, { recursive: true, force: true });
  });
}

/** The registry answers only once this has resolved. */
export function holdRegistry(until: Promise<void>): void {
  gate = until;
}

/** Folders of attempts that are there. */
export const attempts = (): string[] => (existsSync(join(dir, "data/attempts")) ? readdirSync(join(dir, "data/attempts")) : []);
export const registryUrl = (): string => `http://somebody:password@127.0.0.1:${(registry.address() as AddressInfo).port}/`;

/** One server's life on this data folder. */
export async function serve(options: { isolated?: boolean; withRegistry?: boolean } = {}) {
  const dataDir = join(dir, "data");
  const draining = new AbortController();
  const writer = createRunWriter(createPrismaEventLog(database), Date.now);
  const index = createPrismaRunIndex(database);
  const executor = createBundledExecutor(dataDir, bundles, options.isolated);
  executors.push(executor);
  await mkdir(join(dataDir, "gateway"), { recursive: true });
  const git = createGitStore({ dataDir, gitHosts: [] });
  const log = pino({ level: "silent" });
  const store = createPrismaProjectSettings(database);
  const box = createSecretBox(await secretKey(dataDir));
  const cache = createDependencyCache(dataDir, { keptBytes: 1e9, now: Date.now });
  const environments = createRunEnvironments({
    git,
    executor,
    cache,
    registries: registrySettings(options.withRegistry === false ? {} : { npm_config_registry: registryUrl() }),
    operatorHosts: [],
    vault: createProjectVault(store, box, () => []),
    writer,
    dataDir,
    now: Date.now,
    log,
    draining: draining.signal,
  });
  const context: RunContext = {
    writer,
    index,
    git,
    executor,
    environments,
    images: createRunImages(dataDir),
    queue: createRunQueue(5),
    log,
    redaction: redactSecrets([]),
    now: Date.now,
    parseAddress: (input) => parseRepositoryAddress(input, { localRoots: [dir], gitHosts: [] }),
    commandsAllowed: () => Promise.resolve(true),
    freeBytes: () => Promise.resolve(Number.POSITIVE_INFINITY),
    draining: draining.signal,
  };
  const conductor = createRunConductor(context);
  const runs = createRunService(context, conductor, { defaultModel: () => "demo", refuseModel: () => undefined });

  async function until(runId: string, holds: (run: RunState) => boolean): Promise<RunState> {
    const deadline = performance.now() + 90_000;
    while (performance.now() < deadline) {
      const run = await runs.get(runId);
      if (holds(run)) return run;
      await pause(20);
    }
    throw new Error(`it did not get there: ${JSON.stringify(await runs.get(runId)).slice(0, 3_000)}`);
  }

  const served = {
    runs,
    environments,
    executor,
    mirrorPath: (url: string) => git.mirrorPath({ kind: "path", url, name: "" }),
    project: createProjectEnvironment({ projects: index, store, box, cache }),
    until,
    start: async (repository: string, command: string, variations = 1): Promise<string> =>
      (await runs.create({ github_url: repository, prompt: command, variations }, undefined)).runId,
    ended: (runId: string) => until(runId, ({ status }) => isTerminal(status)),
    async drain() {
      draining.abort();
      await conductor.settled();
      await environments.settled();
    },
  };
  servers.push(served);
  return served;
}

export const lockOf = (version = "1.0.0"): string => {
  const integrity = `sha512-${createHash("sha512")
    .update(readFileSync(join(dir, "tiny.tgz")))
    .digest("base64")}`;
  // As npm itself writes it; whatever registry is configured takes its place.
  const resolved = `https://${ecosystems[0]?.domains[0]}/tiny/-/tiny-1.0.0.tgz`;
  const packages = { "": { name: "app", dependencies: { tiny: version } }, "node_modules/tiny": { version: "1.0.0", resolved, integrity } };
  return JSON.stringify({ name: "app", lockfileVersion: 3, requires: true, packages }, null, 2);
};

export async function repositoryWith(name: string, files: Record<string, string>): Promise<string> {
  const path = join(dir, name);
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, file)), { recursive: true });
    await writeFile(join(path, file), text);
  }
  if (!existsSync(join(path, ".git"))) execFileSync("git", ["init", "-q", "-b", "main", path]);
  commit(path);
  return path;
}
export function commit(path: string): void {
  execFileSync("git", ["-c", "core.excludesFile=/dev/null", "add", "-A"], { cwd: path });
  execFileSync("git", ["-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-qm", "change"], { cwd: path });
}
export const npmApp = (): Record<string, string> => ({
  "package.json": JSON.stringify({ name: "app", dependencies: { tiny: "1.0.0" } }),
  "package-lock.json": lockOf(),
});
export const textOf = (run: RunState, variation = 0): string =>
  (run.variations[variation]?.items ?? []).map((item) => (item.kind === "text" ? item.text : "")).join("");
