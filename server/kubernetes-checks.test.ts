import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { isTerminal } from "@/lib/run/state";
import { bundlePrograms } from "./checks/checks-harness";
import { probeSandbox } from "./executors/local/sandbox";
import { TEST_AGENT } from "./executors/repository-harness";
import { createKubernetesServer, type KubernetesServer } from "./kubernetes-server-harness";

// The whole server with a cluster that stands in, its containers with mounts of their own: set-up from a registry, checks, a cross-test.
const sandboxed = (await probeSandbox()).isolated;
const LONG = 300_000;
const PATIENCE_MS = 200_000;
let bundles: string;
let folder: string;
let registry: Server;
let asked: string[];
let server: KubernetesServer;

beforeAll(async () => {
  bundles = await bundlePrograms();
});
afterAll(() => rm(bundles, { recursive: true, force: true }));
beforeEach(async () => {
  asked = [];
  registry = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end(readFileSync(join(folder, "shout-1.0.0.tgz")));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => registry.once("listening", resolve));
  onTestFinished(() => void registry.close());
  const env = (own: string) => ({ AIDEATOR_LOCAL_REPOS: own, AIDEATOR_EGRESS_HOSTS: registryHost() });
  server = await createKubernetesServer({ agent: TEST_AGENT, mounts: true, programs: bundles, patienceMs: PATIENCE_MS, env });
  folder = server.folder;
  return () => server.dispose();
});

const registryHost = (): string => `127.0.0.1:${(registry.address() as AddressInfo).port}`;

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** A project whose tests need a package of the registry. */
function shop(): string {
  const packed = join(folder, "packed/package");
  write(join(packed, "package.json"), JSON.stringify({ name: "shout", version: "1.0.0", main: "index.js", bin: { shout: "bin.js" } }));
  write(join(packed, "index.js"), "module.exports = (text) => text.toUpperCase();\n");
  write(join(packed, "bin.js"), "#!/usr/bin/env node\nconsole.log('SHOUT');\n");
  execFileSync("tar", ["-czf", join(folder, "shout-1.0.0.tgz"), "-C", dirname(packed), "package"]);
  const integrity = `sha512-${createHash("sha512")
    .update(readFileSync(join(folder, "shout-1.0.0.tgz")))
    .digest("base64")}`;
  const resolved = `http://${registryHost()}/shout-1.0.0.tgz`;
  const shout = { version: "1.0.0", resolved, integrity, bin: { shout: "bin.js" } };
  const manifest = { name: "shop", version: "1.0.0", scripts: { test: "node --test test/" }, dependencies: { shout: "1.0.0" } };
  const { scripts: _, ...root } = manifest;
  const lock = { name: "shop", version: "1.0.0", lockfileVersion: 3, packages: { "": root, "node_modules/shout": shout } };
  const path = join(folder, "shop");
  write(join(path, "package.json"), JSON.stringify(manifest));
  write(join(path, "package-lock.json"), JSON.stringify(lock));
  write(join(path, ".gitignore"), "node_modules\n");
  write(join(path, "price.mjs"), "export const twice = (price) => 2 * price;\n");
  write(join(path, "test/price.test.mjs"), testFile("doubles", "assert.equal(twice(4), 8)", "twice"));
  write(join(path, "test/shout.test.mjs"), testFile("shouts", "assert.equal(shout('a'), 'A')"));
  const git = (...args: string[]) => execFileSync("git", ["-c", "user.name=D", "-c", "user.email=d@example.com", ...args], { cwd: path });
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("commit", "-qm", "Base");
  return path;
}

function testFile(name: string, body: string, imported?: string): string {
  const own = imported === undefined ? 'import shout from "shout";' : `import { ${imported} } from "../price.mjs";`;
  return `import { test } from "node:test";\nimport assert from "node:assert";\n${own}\ntest("${name}", () => ${body});\n`;
}

/** A adds a function and its test, B breaks what is there; both see what the set-up installed. */
const PROMPT = `js export default async ({ task, print }) => {
  const fs = await import("node:fs"); const { execFileSync } = await import("node:child_process");
  print("here: " + execFileSync("node_modules/.bin/shout", { encoding: "utf8" }).trim() + " in " + fs.realpathSync("/workspace"));
  if (task.variation === 0) {
    fs.appendFileSync("price.mjs", "export const half = (price) => price / 2;\\n");
    fs.writeFileSync("test/half.test.mjs", ${JSON.stringify(testFile("halves", "assert.equal(half(4), 2)", "half"))});
  } else fs.writeFileSync("price.mjs", "export const twice = (price) => 3 * price;\\n");
  print(JSON.stringify({ type: "agent.finished" }));
}`;

const isOpen = ({ status }: { status: string }): boolean => status === "queued" || status === "running";

describe.runIf(sandboxed)("a project in a cluster", () => {
  it("is set up from its registry, checked test by test, and cross-tested, each in a Job", { timeout: LONG }, async () => {
    const services = server.services();
    const { runId } = await services.runs.create({ github_url: shop(), prompt: PROMPT, variations: 2 });
    const ended = await server.until(runId, ({ status }) => isTerminal(status));
    expect(ended.setup?.finished).toMatchObject({ ok: true });
    expect(asked).toEqual(["/shout-1.0.0.tgz"]);
    expect(ended.variations.map(({ status, snapshot }) => [status, snapshot?.files])).toEqual([
      ["completed", 2],
      ["completed", 1],
    ]);
    const log = await services.eventLog.read(runId, 0, 10_000);
    const said = log.flatMap(({ event }) => (event.type === "log.line" && event.text.startsWith("here") ? [event.text] : []));
    expect(said).toEqual(["here: SHOUT in /var/aideator/tree", "here: SHOUT in /var/aideator/tree"]);

    const run = await server.until(runId, ({ checks }) => checks.runs.length >= 7 && !checks.runs.some(isOpen));
    const test = (target: string) => run.checks.runs.find((one) => one.target === target && one.check === "npm:test");
    expect(test("base")?.outcome).toMatchObject({ verdict: "passed", tests: { total: 2, passed: 2 } });
    expect(test("a")).toMatchObject({ status: "passed", comparison: { tests: { added: { passed: 1 } } } });
    expect(test("b")).toMatchObject({ status: "failed", comparison: { broke: true, tests: { brokenFirst: [{ name: "doubles" }] } } });
    const { tests } = await services.checks.details(runId, test("b")?.id ?? "");
    expect(tests.map(({ name, status }) => `${name} ${status}`).sort()).toEqual(["doubles failed", "shouts passed"]);
    expect(await services.checks.output(runId, test("b")?.id ?? "", { from: 0, limit: 100_000 })).toContain("doubles");

    await services.checks.startCrossTests(runId, { force: false });
    const crossed = await server.until(runId, ({ checks }) => checks.crossTests.length > 0 && !checks.crossTests.some(isOpen));
    const cell = (code: string) => crossed.checks.crossTests.find((one) => one.tests === "a" && one.code === code);
    expect(cell("b")).toMatchObject({ status: "no_api", outcome: { passed: 0 } });
    expect(cell("a")).toMatchObject({ status: "passed", outcome: { passed: 1, total: 1 } });

    // Nothing of it stays in the cluster or in the data folder.
    for (let tries = 0; tries < 200 && server.cluster.store.list("pods").length > 0; tries += 1) await pause(50);
    for (const kind of ["jobs", "pods", "secrets"] as const) expect(server.cluster.store.list(kind)).toEqual([]);
    expect((await readdir(join(folder, "data/attempts"))).filter((name) => /check|setup|programs/.test(name))).toEqual([]);
  });
});
