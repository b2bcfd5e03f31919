import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import pino from "pino";
import { isTerminal, type RunState } from "@/lib/run/state";
import { createRunEnvironments } from "../environment/create-run-environments";
import { createDependencyCache } from "../environment/dependency-cache";
import { createProjectVault } from "../environment/project-vault";
import { registrySettings } from "../environment/registry-settings";
import { createSecretBox, secretKey } from "../environment/secret-box";
import { createBundledExecutor } from "../executors/local/local-harness";
import { createGitStore } from "../git/git-store-disk";
import { parseRepositoryAddress } from "../git/repository-address";
import { createRunConductor } from "../runs/conduct-run";
import { redactSecrets } from "../runs/redact-secrets";
import type { RunContext } from "../runs/run-context";
import { createRunQueue } from "../runs/run-queue";
import { createRunService } from "../runs/run-service";
import { createRunWriter } from "../runs/run-writer";
import { openDatabase } from "../storage/prisma/database";
import { createPrismaEventLog } from "../storage/prisma/event-log";
import { createPrismaProjectSettings } from "../storage/prisma/project-settings";
import { createPrismaRunIndex } from "../storage/prisma/run-index";
import { createPrismaSettingsStore } from "../storage/prisma/settings-store";
import { createRunImages } from "../storage/run-images-disk";
import { createCheckService } from "./check-service";
import { createCheckStore } from "./check-store";
import { createProjectChecks } from "./project-checks";

/** An agent that runs its prompt as a shell command, with its letter in LETTER. */
const AGENT = `
import { readFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
const task = JSON.parse(readFileSync(process.env.AIDEATOR_TASK, "utf8"));
process.env.LETTER = "abcde"[task.variation];
const text = execFileSync("/bin/bash", ["-c", task.prompt + " 2>&1 || true"], { encoding: "utf8" });
console.log(JSON.stringify({ type: "text.delta", block: "t", text }));
console.log(JSON.stringify({ type: "agent.finished", summary: "done" }));
`;

/** Everything real but the model: git, the database, sandboxes, runners. */
export interface ChecksHarness {
  dir: string;
  /** Commits files as a repository of its own; answers its path. */
  repository(files: Record<string, string>): Promise<string>;
  /** One server's life on the data folder. */
  serve(options?: { isolated?: boolean; limit?: number }): Promise<ServedChecks>;
  dispose(): Promise<void>;
}
export type ServedChecks = Awaited<ReturnType<typeof serveOn>>;

/** Programs of sandboxes, bundled once for all tests of a file. */
export async function bundlePrograms(): Promise<string> {
  const bundles = await mkdtemp(join(tmpdir(), "aid-check-bundles-"));
  chmodSync(bundles, 0o755);
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const shared = { bundle: true, platform: "node", format: "esm", target: "node20", logLevel: "silent", alias: { "@": root } } as const;
  const banner = { js: `import { createRequire as __r } from "node:module"; const require = __r(import.meta.url);` };
  const entry = (path: string): string => join(root, path);
  await writeFile(join(bundles, "agent.mjs"), AGENT);
  await Promise.all(
    [
      ["agent/set-up.ts", "setup.mjs"],
      ["agent/run-check.ts", "check.mjs"],
      ["agent/checks/test-reporter.ts", "test-reporter.mjs"],
      ["server/executors/local/shim.ts", "shim.mjs"],
      ["server/checks/scan/scan-worker.ts", "scan-worker.mjs"],
    ].map(([from = "", to = ""]) => build({ ...shared, banner, entryPoints: [entry(from)], outfile: join(bundles, to) })),
  );
  return bundles;
}

/** `known`: the folder of another process' harness, to go on where it was killed. */
export async function openChecksHarness(bundles: string, known?: string): Promise<ChecksHarness> {
  const dir = known ?? (await mkdtemp(join(tmpdir(), "aid-checks-")));
  const database = await openDatabase(join(dir, "data/log.db"), "prisma/migrations");
  const served: ServedChecks[] = [];
  let repositories = 0;
  return {
    dir,
    async repository(files) {
      const path = join(dir, `shop-${(repositories += 1)}`);
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(path, name)), { recursive: true });
        await writeFile(join(path, name), text);
      }
      const git = (...args: string[]): void =>
        void execFileSync("git", ["-c", "user.name=Dev", "-c", "user.email=dev@example.com", ...args], { cwd: path });
      git("init", "--quiet", "--initial-branch=main");
      git("add", "--all", "--force");
      git("commit", "--quiet", "-m", "Base");
      return path;
    },
    async serve(options = {}) {
      const server = await serveOn({ dir, bundles, database, ...options });
      served.push(server);
      return server;
    },
    async dispose() {
      for (const server of served) await server.drain();
      const attempts = join(dir, "data/attempts");
      for (const name of existsSync(attempts) ? readdirSync(attempts) : []) await served.at(-1)?.executor.cleanup(name);
      await database.$disconnect();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

interface Parts {
  dir: string;
  bundles: string;
  database: Awaited<ReturnType<typeof openDatabase>>;
  isolated?: boolean;
  limit?: number;
}

async function serveOn({ dir, bundles, database, isolated = true, limit = 2 }: Parts) {
  const dataDir = join(dir, "data");
  const draining = new AbortController();
  const eventLog = createPrismaEventLog(database);
  const writer = createRunWriter(eventLog, Date.now);
  const index = createPrismaRunIndex(database);
  const executor = createBundledExecutor(dataDir, bundles, isolated);
  await mkdir(join(dataDir, "gateway"), { recursive: true });
  const git = createGitStore({ dataDir, gitHosts: [] });
  const log = pino({ level: "silent" });
  const box = createSecretBox(await secretKey(dataDir));
  const shared = { git, executor, writer, dataDir, now: Date.now, log, draining: draining.signal };
  const environments = createRunEnvironments({
    ...shared,
    cache: createDependencyCache(dataDir, { keptBytes: 1e9, now: Date.now }),
    registries: registrySettings({}),
    operatorHosts: [],
    vault: createProjectVault(createPrismaProjectSettings(database), box, () => []),
  });
  const queue = createRunQueue(5);
  const parseAddress = (input: string) => Promise.resolve(parseRepositoryAddress(input, { localRoots: [dir], gitHosts: [] }));
  const context: RunContext = {
    ...shared,
    index,
    environments,
    queue,
    parseAddress,
    images: createRunImages(dataDir),
    redaction: redactSecrets([]),
    commandsAllowed: () => Promise.resolve(true),
    freeBytes: () => Promise.resolve(Number.POSITIVE_INFINITY),
  };
  const conductor = createRunConductor(context);
  const runs = createRunService(context, conductor, { defaultModel: () => "demo", refuseModel: () => undefined });
  const state = (runId: string): Promise<RunState | undefined> => writer.state(runId);
  const projects = createProjectChecks({ store: createPrismaSettingsStore(database), index, state, git, executor, automatic: true });
  const checks = createCheckService(
    {
      ...shared,
      environments,
      projects,
      parseAddress,
      store: createCheckStore(dataDir),
      load: queue.load,
      stopVariation: async (runId, variation) => void (await runs.cancel(runId, variation)),
      bundles: {
        check: join(bundles, "check.mjs"),
        reporter: join(bundles, "test-reporter.mjs"),
        scanner: join(bundles, "scan-worker.mjs"),
      },
    },
    limit,
  );

  async function until(runId: string, holds: (run: RunState) => boolean): Promise<RunState> {
    const deadline = performance.now() + 240_000;
    while (performance.now() < deadline) {
      const run = await runs.get(runId);
      if (holds(run)) return run;
      await pause(20);
    }
    throw new Error(`it did not get there: ${JSON.stringify((await runs.get(runId)).checks).slice(0, 6_000)}`);
  }
  const isOpen = ({ status }: { status: string }): boolean => status === "queued" || status === "running";

  return {
    database,
    dataDir,
    writer,
    runs,
    checks,
    projects,
    executor,
    environments,
    eventLog,
    git,
    until,
    async start(repository: string, prompt: string, variations: number): Promise<string> {
      return (await runs.create({ github_url: repository, prompt, variations }, undefined)).runId;
    },
    ended: (runId: string) => until(runId, ({ status }) => isTerminal(status)),
    /** Once nothing is queued or under way and `count` checks are known. */
    checked: (runId: string, count: number) =>
      until(runId, (run) => run.checks.runs.length >= count && !run.checks.runs.some(isOpen) && !run.checks.crossTests.some(isOpen)),
    async drain() {
      draining.abort();
      await conductor.settled();
      await checks.settled();
      await environments.settled();
    },
  };
}
