import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import pino from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { environmentState } from "@/lib/run/setup";
import { isTerminal, type RunState } from "@/lib/run/state";
import type { HostExecutor } from "../executors/local/host-executor";
import { createLocalExecutor } from "../executors/local/local-executor";
import { probeSandbox, withoutSandbox } from "../executors/local/sandbox";
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

// Everything real but the model and the registry: sandboxes, npm, the proxy, git, the database.
const sandboxed = (await probeSandbox()).isolated;
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
const LONG = 200_000;
const SECRET = "tok-very-secret-4711";

let bundles: string;
let dir: string;
let registry: Server;
let requests: string[];
let database: Database;
/** The registry answers only once this has resolved. */
let gate: Promise<void>;
const executors: HostExecutor[] = [];
const servers: { drain(): Promise<void> }[] = [];

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

const attempts = (): string[] => (existsSync(join(dir, "data/attempts")) ? readdirSync(join(dir, "data/attempts")) : []);
const registryUrl = (): string => `http://somebody:password@127.0.0.1:${(registry.address() as AddressInfo).port}/`;

/** One server's life on this data folder. */
async function serve(options: { isolated?: boolean; withRegistry?: boolean } = {}) {
  const dataDir = join(dir, "data");
  const draining = new AbortController();
  const writer = createRunWriter(createPrismaEventLog(database), Date.now);
  const index = createPrismaRunIndex(database);
  const executor = createLocalExecutor({
    dataDir,
    shimCommand: [process.execPath, join(bundles, "shim.mjs")],
    agentBundle: join(bundles, "agent.mjs"),
    setupBundle: join(bundles, "setup.mjs"),
    gatewaySocket: join(dataDir, "gateway/gateway.sock"),
    allowUnsandboxed: true,
    ...(options.isolated === false ? { probe: () => Promise.resolve(withoutSandbox("Install it.")) } : {}),
  });
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

const lockOf = (version = "1.0.0"): string => {
  const integrity = `sha512-${createHash("sha512")
    .update(readFileSync(join(dir, "tiny.tgz")))
    .digest("base64")}`;
  // As npm itself writes it; whatever registry is configured takes its place.
  const resolved = `https://${ecosystems[0]?.domains[0]}/tiny/-/tiny-1.0.0.tgz`;
  const packages = { "": { name: "app", dependencies: { tiny: version } }, "node_modules/tiny": { version: "1.0.0", resolved, integrity } };
  return JSON.stringify({ name: "app", lockfileVersion: 3, requires: true, packages }, null, 2);
};

async function repositoryWith(name: string, files: Record<string, string>): Promise<string> {
  const path = join(dir, name);
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, file)), { recursive: true });
    await writeFile(join(path, file), text);
  }
  if (!existsSync(join(path, ".git"))) execFileSync("git", ["init", "-q", "-b", "main", path]);
  commit(path);
  return path;
}
function commit(path: string): void {
  execFileSync("git", ["-c", "core.excludesFile=/dev/null", "add", "-A"], { cwd: path });
  execFileSync("git", ["-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-qm", "change"], { cwd: path });
}
const npmApp = (): Record<string, string> => ({
  "package.json": JSON.stringify({ name: "app", dependencies: { tiny: "1.0.0" } }),
  "package-lock.json": lockOf(),
});
const textOf = (run: RunState, variation = 0): string =>
  (run.variations[variation]?.items ?? []).map((item) => (item.kind === "text" ? item.text : "")).join("");

describe.runIf(sandboxed)("the environment of a run", () => {
  it(
    "installs by the proxy once, and gives every tree a copy of its own that shows in no diff",
    async () => {
      const server = await serve();
      const repository = await repositoryWith("app", npmApp());
      const probe =
        "node -p \"require('tiny')\"; echo changed >> node_modules/tiny/index.js && stat -c %h node_modules/tiny/index.js; git status --short | wc -l; node -e \"fetch('http://127.0.0.1:1').catch((e) => console.log(Object.keys(process.env).filter((n) => /proxy/i.test(n)).length, 'no way out'))\"";
      const run = await server.ended(await server.start(repository, probe, 2));
      expect(run.variations.map(({ status }) => status)).toEqual(["completed", "completed"]);
      for (const variation of [0, 1]) expect(textOf(run, variation)).toBe("tiny says hello\n1\n0\n0 no way out\n");
      expect(run.variations.map(({ snapshot }) => snapshot?.files)).toEqual([0, 0]);
      expect(run.setup).toMatchObject({ command: "npm ci", cached: false, finished: { ok: true, skipped: false } });
      expect(run.setup?.output).toContain("added 1 package");
      expect(run.setup?.output).toMatch(/reached: 127\.0\.0\.1, \d+ connection/);
      expect(environmentState(run)).toEqual({ kind: "ready" });
      expect(requests).toEqual(["/tiny/-/tiny-1.0.0.tgz"]);
      await expect.poll(attempts, { timeout: 20_000 }).toEqual([]);

      const again = await server.ended(await server.start(repository, "cat node_modules/tiny/index.js"));
      expect(textOf(again)).toBe("module.exports = 'tiny says hello';\n");
      expect(again.setup).toMatchObject({ command: "npm ci", cached: true, output: "", finished: { ok: true } });
      expect(requests).toHaveLength(1);
      const { detected, last, kept_bytes } = await server.project.describe(run.projectId);
      expect(detected).toMatchObject({ name: "npm", command: "npm ci", locks: ["package-lock.json"] });
      expect(last).toMatchObject({ ok: true, skipped: false, command: "npm ci" });
      expect(kept_bytes).toBeGreaterThan(0);

      await writeFile(join(repository, "package-lock.json"), `${lockOf()}\n`);
      commit(repository);
      const changed = await server.ended(await server.start(repository, "true"));
      expect(changed.setup).toMatchObject({ cached: false, finished: { ok: true } });
      expect(changed.setup?.hash).not.toBe(run.setup?.hash);
      expect(requests).toHaveLength(2);
    },
    LONG,
  );

  it(
    "builds once for runs that come at the same time",
    async () => {
      let open = (): void => undefined;
      gate = new Promise((resolve) => (open = resolve));
      const server = await serve();
      const repository = await repositoryWith("app", npmApp());
      const first = await server.start(repository, "node -p \"require('tiny')\"");
      await expect.poll(() => requests.length, { timeout: 60_000 }).toBe(1);
      const second = await server.start(repository, "node -p \"require('tiny')\"", 2);
      await server.until(second, ({ setup }) => setup?.output.includes("Another run sets this up") === true);
      expect((await server.runs.get(second)).variations.map(({ status }) => status)).toEqual(["preparing", "preparing"]);
      open();
      for (const runId of [first, second]) {
        const run = await server.ended(runId);
        expect(textOf(run)).toBe("tiny says hello\n");
        expect(run.setup?.output).toContain("added 1 package");
      }
      expect(requests).toHaveLength(1);
    },
    LONG,
  );

  it(
    "tells what was refused, works without dependencies, remembers the failure, and tries again when asked or changed",
    async () => {
      const server = await serve({ withRegistry: false });
      const repository = await repositoryWith("app", {
        ...npmApp(),
        ".npmrc": "registry=http://packages.invalid.example/\nfetch-retries=0\n",
      });
      const run = await server.ended(await server.start(repository, "ls node_modules"));
      expect(run.status).toBe("completed");
      expect(run.setup?.finished).toMatchObject({ ok: false, skipped: false, reason: "it ended with exit code 1" });
      expect(run.setup?.output).toContain(
        "refused: packages.invalid.example, not in the allow-list; add it to the domains of the project's environment",
      );
      expect(run.notices.map(({ text }) => text)).toEqual([
        'Dependencies are missing: the set-up "npm ci" failed (it ended with exit code 1). The agents work without them.',
      ]);
      expect(textOf(run)).toContain("No such file");
      expect(environmentState(run)).toMatchObject({ kind: "not_set_up" });

      const again = await server.ended(await server.start(repository, "true"));
      expect(again.setup).toMatchObject({ cached: true, finished: { ok: false } });
      expect(again.setup?.output).toContain("refused: packages.invalid.example");
      expect(again.notices.map(({ text }) => text)).toEqual([
        'Dependencies are missing: the set-up "npm ci" failed (it ended with exit code 1 in an earlier run with the same lock file). The agents work without them. To try it again, open the project\'s environment.',
      ]);
      await server.project.tryAgain(run.projectId);
      expect((await server.ended(await server.start(repository, "true"))).setup?.cached).toBe(false);
      await server.project.change(run.projectId, { domains: ["packages.invalid.example"] });
      const allowed = await server.ended(await server.start(repository, "true"));
      expect(allowed.setup).toMatchObject({ cached: false, finished: { ok: false } });
      expect(allowed.setup?.output).toContain("refused: packages.invalid.example, this name was not found");
      await server.project.change(run.projectId, { setup_command: "mkdir node_modules && echo made > node_modules/by-hand" });
      const own = await server.ended(await server.start(repository, "cat node_modules/by-hand"));
      expect(textOf(own)).toBe("made\n");
      await server.project.change(run.projectId, { enabled: false });
      const off = await server.ended(await server.start(repository, "true"));
      expect(off.setup?.finished).toMatchObject({ ok: true, skipped: true, reason: "it is switched off in the project's environment." });
      expect(environmentState(off)).toEqual({ kind: "not_set_up", reason: "not set up: it is switched off in the project's environment." });
    },
    LONG,
  );

  it(
    "makes a Python environment without a network",
    async () => {
      const server = await serve();
      const repository = await repositoryWith("py", { "requirements.txt": "# nothing yet\n" });
      const run = await server.ended(
        await server.start(repository, "which python; python -c 'import sys; print(sys.prefix)'; git status --short"),
      );
      expect(run.setup?.finished).toMatchObject({ ok: true });
      expect(textOf(run)).toBe("/workspace/.venv/bin/python\n/workspace/.venv\n");
    },
    LONG,
  );

  it(
    "takes over the folder of a local checkout with the same lock file, as a copy",
    async () => {
      const server = await serve();
      const repository = await repositoryWith("app", { ...npmApp(), ".gitignore": "node_modules\n" });
      const install = ["ci", `--registry=${registryUrl()}`, "--no-audit", "--cache", join(dir, "npm")];
      await promisify(execFile)("npm", install, { cwd: repository });
      requests = [];
      const run = await server.ended(
        await server.start(repository, "echo no >> node_modules/tiny/index.js; stat -c %h node_modules/tiny/index.js"),
      );
      expect(run.setup?.output).toContain("Taken over from the local checkout: node_modules");
      expect(textOf(run)).toBe("1\n");
      expect(requests).toEqual([]);
      expect(await readFile(join(repository, "node_modules/tiny/index.js"), "utf8")).toBe("module.exports = 'tiny says hello';\n");

      await server.project.change(run.projectId, { seed_from_checkout: false });
      await rm(join(dir, "data/environments"), { recursive: true });
      const without = await server.ended(await server.start(repository, "node -p \"require('tiny')\""));
      expect(textOf(without)).toBe("tiny says hello\n");
      expect(requests).toHaveLength(1);
    },
    LONG,
  );

  it(
    "removes at its start what a killed server left of a set-up, and builds again",
    async () => {
      const server = await serve();
      const repository = await repositoryWith("app", npmApp());
      const run = await server.ended(await server.start(repository, "true"));
      const place = { projectId: run.projectId, hash: run.setup?.hash ?? "" };
      await rm(join(dir, "data/environments", place.projectId), { recursive: true });
      // What there is in the middle of one: its sandbox at work, a half-made entry, the proxy's folder.
      const name = `agent-setup-${place.projectId}-${place.hash}`;
      const setup = { command: "echo begun; sleep 1000", variables: {}, shown: [], minutes: 30 };
      const spec = { name, mirrorPath: server.mirrorPath(repository), baseCommit: run.base?.commit ?? "", setup };
      await server.executor.prepare(spec);
      await server.executor.start(spec);
      const { shim } = JSON.parse(readFileSync(join(dir, "data/attempts", name, "shim.json"), "utf8")) as { shim: { pid: number } };
      await mkdir(join(dir, "data/environments", place.projectId, `${place.hash}.abcdef.half/tree`), { recursive: true });
      await mkdir(join(dir, "data/egress/01234567"), { recursive: true });

      const next = await serve();
      await next.environments.recover();
      expect(attempts()).not.toContain(name);
      expect(existsSync(`/proc/${shim.pid}`)).toBe(false);
      expect(existsSync(join(dir, "data/egress"))).toBe(false);
      expect(readdirSync(join(dir, "data/environments", place.projectId))).toEqual([]);
      const again = await next.ended(await next.start(repository, "node -p \"require('tiny')\""));
      expect(again.setup).toMatchObject({ cached: false, finished: { ok: true } });
      expect(textOf(again)).toBe("tiny says hello\n");
    },
    LONG,
  );

  it(
    "ends a set-up that nobody waits for any more",
    async () => {
      gate = new Promise(() => undefined);
      const server = await serve();
      const runId = await server.start(await repositoryWith("app", npmApp()), "true", 2);
      await expect.poll(() => requests.length, { timeout: 60_000 }).toBe(1);
      await server.runs.cancel(runId, 0);
      await server.until(runId, ({ variations }) => variations[0]?.status === "cancelled");
      expect((await server.runs.get(runId)).variations[1]?.status).toBe("preparing");
      await server.runs.cancel(runId);
      const run = await server.ended(runId);
      expect(run.setup?.finished).toMatchObject({ ok: false });
      await server.environments.settled();
      await expect.poll(attempts, { timeout: 20_000 }).toEqual([]);
    },
    LONG,
  );

  it(
    "gives secrets to whom they are for, and writes them down nowhere",
    async () => {
      const server = await serve();
      const repository = await repositoryWith("app", npmApp());
      const first = await server.ended(await server.start(repository, "true"));
      await server.project.change(first.projectId, {
        setup_command: 'mkdir node_modules; echo "setup sees $SET_TOKEN, not ${AGENT_TOKEN:-it}, plain $PLAIN"; exit 3',
        env: { PLAIN: "a plain value", ONLY_SETUP: { value: "x", expose: "setup" } },
        secrets: { SET_TOKEN: { value: SECRET, expose: "setup" }, AGENT_TOKEN: `${SECRET}-for-the-agent` },
      });
      const run = await server.ended(
        await server.start(
          repository,
          'echo "agent sees $AGENT_TOKEN, not ${SET_TOKEN:-it}, $PLAIN${ONLY_SETUP:-}"; tr "\\0" "\\n" < /proc/1/cmdline | grep -c tok-very',
        ),
      );
      expect(run.setup?.output).toContain("setup sees [redacted], not it, plain a plain value");
      expect(textOf(run)).toBe("agent sees [redacted], not it, a plain value\n0\n");
      const described = await server.project.describe(first.projectId);
      expect(described.secrets.map(({ name, expose }) => [name, expose])).toEqual([
        ["AGENT_TOKEN", "agent"],
        ["SET_TOKEN", "setup"],
      ]);
      expect(described.env).toEqual([
        { name: "ONLY_SETUP", value: "x", expose: "setup" },
        { name: "PLAIN", value: "a plain value", expose: "both" },
      ]);
      await server.drain();
      await database.$disconnect();
      // Database, cache, remembered failures: no file of the data folder has it.
      const found = execFileSync("bash", ["-c", `grep -rlaF ${SECRET} ${join(dir, "data")} || true`], { encoding: "utf8" });
      expect(found).toBe("");
      expect(statSync(join(dir, "data/secret.key")).mode & 0o777).toBe(0o600);
    },
    LONG,
  );

  it(
    "follows no link out, neither of the set-up nor of the repository",
    async () => {
      const server = await serve();
      const repository = await repositoryWith("app", npmApp());
      const first = await server.ended(await server.start(repository, "true"));
      symlinkSync("/tmp", join(repository, "linked"));
      commit(repository);
      await server.project.change(first.projectId, {
        setup_command: `mkdir -p real/node_modules node_modules; ln -s /etc/passwd node_modules/out; mv real gone && ln -s ${dir} real; ln -s ${dir} .venv; echo kept > node_modules/file`,
      });
      const run = await server.ended(await server.start(repository, "ls -1A . node_modules; readlink node_modules/out"));
      expect(run.setup?.finished).toMatchObject({ ok: true });
      expect(textOf(run)).toBe(
        ".:\n.git\ngone\nlinked\nnode_modules\npackage-lock.json\npackage.json\n\nnode_modules:\nfile\nout\n/etc/passwd\n",
      );
    },
    LONG,
  );
});

describe("where nothing is to be set up, or cannot be", () => {
  it("says nothing of a repository without lock file, and why nothing is done where dependencies have none", async () => {
    const server = await serve();
    const plain = await server.ended(await server.start(await repositoryWith("plain", { "a.txt": "a\n", "package.json": "{}" }), "true"));
    expect(plain.setup).toBeUndefined();
    expect(environmentState(plain)).toEqual({ kind: "not_needed" });
    const manifest = { "package.json": JSON.stringify({ devDependencies: { x: "*" } }) };
    const open = await server.ended(await server.start(await repositoryWith("open", manifest), "true"));
    expect(open.setup?.finished).toMatchObject({ skipped: true, reason: expect.stringContaining("no lock file") as string });
  });

  it("runs nothing where no sandbox holds", async () => {
    const server = await serve({ isolated: false });
    const run = await server.ended(await server.start(await repositoryWith("app", npmApp()), "ls"));
    expect(run.status).toBe("completed");
    expect(run.setup?.finished).toMatchObject({ skipped: true, reason: expect.stringContaining("in a sandbox only") as string });
    expect(textOf(run)).not.toContain("node_modules");
  });
});
