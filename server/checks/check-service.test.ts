import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { changeProjectChecksSchema } from "@/lib/protocol/checks";
import { breaksBase, gateRows } from "@/lib/run/check-table";
import type { RunState } from "@/lib/run/state";
import { probeSandbox } from "../executors/local/sandbox";
import { INTERRUPTED } from "./check-service";
import { createCheckStore } from "./check-store";
import { bundlePrograms, type ChecksHarness, openChecksHarness } from "./checks-harness";

// Real git, SQLite, bubblewrap and node:test; only the agent is a shell command.
const sandboxed = (await probeSandbox()).isolated;
const LONG = 300_000;
const SETTINGS = changeProjectChecksSchema.parse({});

let bundles: string;
let harness: ChecksHarness;
beforeAll(async () => {
  bundles = await bundlePrograms();
});
afterAll(() => rm(bundles, { recursive: true, force: true }));
beforeEach(async () => {
  harness = await openChecksHarness(bundles);
});
afterEach(() => harness.dispose());

const shop = {
  "package.json": JSON.stringify({ name: "shop", type: "module", scripts: { test: "node --test test/", lint: "node lint.mjs" } }),
  "lint.mjs": "import { readFileSync } from 'node:fs'; process.exit(readFileSync('price.mjs', 'utf8').includes('var ') ? 1 : 0);\n",
  "price.mjs":
    "export const total = (prices) => prices.reduce((sum, price) => sum + price, 0);\nexport const twice = (price) => 2 * price;\n",
  "test/price.test.mjs": `import { test } from "node:test";
import assert from "node:assert";
import { total, twice } from "../price.mjs";
test("adds up", () => assert.equal(total([1, 2, 3]), 6));
test("doubles", () => assert.equal(twice(4), 8));
`,
};

/** A adds a function and its test, B breaks `twice`, C does the same as A. */
const PROMPT = `
case $LETTER in
a|c) echo 'export const half = (price) => price / 2;' >> price.mjs
   mkdir -p test; printf '%s\\n' 'import { test } from "node:test";' 'import assert from "node:assert";' 'import { half } from "../price.mjs";' 'test("halves", () => assert.equal(half(4), 2));' > test/half.test.mjs;;
b) sed -i 's/2 \\* price/3 * price; var x/' price.mjs; echo 'const key = "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";' >> price.mjs;;
esac
`;

function check(run: RunState, target: string, id: string) {
  const found = run.checks.runs.find((one) => one.target === target && one.check === id);
  if (found === undefined) throw new Error(`${target} has no ${id}`);
  return found;
}

describe.runIf(sandboxed)("checks of a run", () => {
  it("run by themselves when variations end, and say what each breaks", { timeout: LONG }, async () => {
    const server = await harness.serve();
    const runId = await server.start(await harness.repository(shop), PROMPT, 3);
    await server.ended(runId);
    const run = await server.checked(runId, 2 + 3 * 4);

    expect(check(run, "base", "npm:test").outcome).toMatchObject({ verdict: "passed", tests: { total: 2, passed: 2, failed: 0 } });
    expect(check(run, "a", "npm:test")).toMatchObject({
      status: "passed",
      outcome: { tests: { total: 3, passed: 3 }, coverage: { covered: 1, coverable: 1 } },
      comparison: { broke: false, tests: { broken: 0, stillPassing: 2, added: { passed: 1 } } },
    });
    const broken = check(run, "b", "npm:test");
    expect(broken).toMatchObject({ status: "failed", outcome: { exitCode: 1 }, comparison: { broke: true } });
    expect(broken.comparison?.tests?.brokenFirst).toMatchObject([{ name: "doubles", file: "test/price.test.mjs" }]);
    expect(breaksBase(run, "a")).toBeUndefined();
    expect(breaksBase(run, "b")).toMatchObject({ broken: 1, tests: [{ name: "doubles" }] });
    expect(check(run, "b", "npm:lint").status).toBe("failed");
    expect(check(run, "b", "aideator:size").outcome?.size).toMatchObject({ files: 1 });

    const secret = check(run, "b", "aideator:secrets");
    expect(secret).toMatchObject({ status: "failed", outcome: { findings: { errors: 1, first: [{ file: "price.mjs" }] } } });
    const log = JSON.stringify((await server.eventLog.read(runId, 0, 10_000)).filter(({ event }) => event.type.startsWith("check.")));
    expect(log).not.toContain("wWPw5k4aXcaT4");

    // The same tree, command and environment: run once.
    const same = ["a", "c"].map((letter) => check(run, letter, "npm:test").outcome?.cached);
    expect(same.filter((cached) => cached === true)).toHaveLength(1);

    const details = await server.checks.details(runId, broken.id);
    expect(details.tests.map(({ name, status }) => `${name} ${status}`).sort()).toEqual(["adds up passed", "doubles failed"]);
    expect(details.compared?.broken).toHaveLength(1);
    expect(await server.checks.output(runId, broken.id, { from: 0, limit: 1_000_000 })).toContain("doubles");
    expect(gateRows(run).map(({ kind }) => kind)).toEqual(["lint", "test", "secrets", "size"]);
  });

  it("apply each one's tests to the others' code, and tell what is not there from what fails", { timeout: LONG }, async () => {
    const server = await harness.serve();
    const prompt = `
case $LETTER in
a) echo 'export const half = (price) => price / 2;' >> price.mjs
   printf '%s\\n' 'import { test } from "node:test";' 'import assert from "node:assert";' 'import { half } from "../price.mjs";' 'test("halves", () => assert.equal(half(4), 2));' > test/half.test.mjs;;
b) sed -i 's/=> prices.reduce(\\(.*\\), 0);/=> Number(prices.reduce(\\1, 0).toFixed(2));/' price.mjs
   printf '%s\\n' 'import { test } from "node:test";' 'import assert from "node:assert";' 'import { total } from "../price.mjs";' 'test("rounds", () => assert.equal(total([0.1, 0.2]), 0.3));' 'test("still adds", () => assert.equal(total([1, 2]), 3));' > test/round.test.mjs;;
c) echo '# Shop' > README.md;;
esac`;
    const repository = await harness.repository(shop);
    const runId = await server.start(repository, prompt, 3);
    await server.projects.change((await server.runs.get(runId)).projectId, { ...SETTINGS, automatic: false });
    await server.ended(runId);
    expect((await server.checks.crossMatrix(runId)).authors).toEqual([
      { target: "a", files: ["test/half.test.mjs"] },
      { target: "b", files: ["test/round.test.mjs"] },
    ]);
    expect(await server.checks.startCrossTests(runId, { force: false })).toEqual({ queued: 12 });
    const run = await server.checked(runId, 0);
    const cells = Object.fromEntries(
      run.checks.crossTests.map(({ tests, code, status, outcome }) => [
        `${tests} on ${code}`,
        `${status} ${outcome?.passed}/${outcome?.total}`,
      ]),
    );
    expect(cells).toEqual({
      "a on base": "no_api 0/1",
      "a on a": "passed 1/1",
      "a on b": "no_api 0/1",
      "a on c": "no_api 0/1",
      "b on base": "failed 1/2",
      "b on a": "failed 1/2",
      "b on b": "passed 2/2",
      "b on c": "failed 1/2",
      "c on base": "none 0/0",
      "c on a": "none 0/0",
      "c on b": "none 0/0",
      "c on c": "none 0/0",
    });
    const failed = run.checks.crossTests.find(({ tests, code }) => tests === "b" && code === "a");
    expect(failed?.outcome?.failing).toMatchObject([{ name: "rounds", file: "test/round.test.mjs" }]);
    expect(await server.checks.output(runId, failed?.id ?? "", { from: 0, limit: 1_000_000 })).toContain("0.30000000000000004");
    // Known by now: nothing is run twice.
    expect(await server.checks.startCrossTests(runId, { force: false })).toEqual({ queued: 0 });
  });

  it("run failing tests once more, and call those flaky that pass then", { timeout: LONG }, async () => {
    const flaky = `import { test } from "node:test";
import { existsSync, writeFileSync } from "node:fs";
test("comes and goes", () => { if (!existsSync("/tmp/seen")) { writeFileSync("/tmp/seen", ""); throw new Error("not yet"); } });
`;
    const server = await harness.serve();
    const runId = await server.start(await harness.repository({ ...shop, "test/flaky.test.mjs": flaky }), "echo '# Shop' > README.md", 1);
    await server.ended(runId);
    const run = await server.checked(runId, 2 + 4);
    expect(check(run, "base", "npm:test").outcome).toMatchObject({
      verdict: "passed",
      tests: { total: 3, passed: 2, failed: 0, flaky: 1 },
    });
    expect(check(run, "a", "npm:test").comparison).toMatchObject({ broke: false, tests: { broken: 0, flaky: 1, stillPassing: 2 } });
    expect(breaksBase(run, "a")).toBeUndefined();
  });

  it("end when somebody stops them, and run what the project says", { timeout: LONG }, async () => {
    const server = await harness.serve();
    const runId = await server.start(await harness.repository(shop), "echo '# Shop' > README.md", 1);
    const { projectId } = await server.until(runId, ({ base }) => base !== undefined);
    const configured = [
      { name: "Forever", command: "echo begun; sleep 600", kind: "build" as const },
      { name: "Nowhere", command: "no-such-program", kind: "types" as const },
      { name: "Short", command: "sleep 600", kind: "build" as const, minutes: 0.02 },
    ];
    await server.projects.change(projectId, { ...SETTINGS, automatic: false, configured, disabled: ["npm:lint", "aideator:size"] });
    const described = await server.projects.describe(projectId);
    expect(described.checks.map(({ name, enabled }) => `${name} ${enabled}`)).toEqual([
      "Tests true",
      "Lint false",
      "Forever true",
      "Nowhere true",
      "Short true",
      "Secrets and risky patterns true",
      "Diff size false",
    ]);
    await server.ended(runId);
    expect((await server.runs.get(runId)).checks.runs).toEqual([]);
    const forever = described.checks.find(({ name }) => name === "Forever")?.id ?? "";
    const nowhere = described.checks.find(({ name }) => name === "Nowhere")?.id ?? "";
    expect(await server.checks.start(runId, { targets: ["a"], checks: [forever, nowhere], force: false })).toEqual({ queued: 2 });
    const begun = await server.until(
      runId,
      ({ checks }) =>
        checks.runs.some(({ check, status }) => check === nowhere && status === "error") &&
        checks.runs.some(({ status }) => status === "running"),
    );
    expect(check(begun, "a", nowhere).outcome?.reason).toContain("not found");
    expect(await server.checks.cancel(runId)).toEqual({ queued: 1 });
    const run = await server.checked(runId, 2);
    expect(check(run, "a", forever).outcome).toMatchObject({ verdict: "skipped", reason: "it was stopped" });
    // A limit of its own, far below the project's.
    const short = described.checks.find(({ name }) => name === "Short")?.id ?? "";
    await server.checks.start(runId, { targets: ["a"], checks: [short], force: false });
    expect(check(await server.checked(runId, 3), "a", short).outcome).toMatchObject({ verdict: "error", exitCode: null });
    await expect(server.checks.start(runId, { targets: ["b"], force: false })).rejects.toThrow("This run has nothing called b.");
    await expect(server.checks.start(runId, { checks: ["npm:deploy"], force: false })).rejects.toThrow("no check npm:deploy");
  });

  it("are begun by the next server where one was killed before it could", { timeout: LONG }, async () => {
    const first = await harness.serve();
    const runId = await first.start(await harness.repository(shop), "echo '# Shop' > README.md", 1);
    const { projectId } = await first.until(runId, ({ base }) => base !== undefined);
    await first.projects.change(projectId, { ...SETTINGS, automatic: false });
    await first.ended(runId);
    await first.drain();
    await first.projects.change(projectId, { ...SETTINGS, disabled: ["npm:lint"] });
    // What it writes before anything else.
    await createCheckStore(join(harness.dir, "data")).markOpen(runId);
    const second = await harness.serve();
    await second.checks.recover();
    const run = await second.checked(runId, 1 + 3);
    expect(run.checks.runs.map(({ status }) => status)).toEqual(["passed", "passed", "passed", "passed"]);
    await expect.poll(() => createCheckStore(join(harness.dir, "data")).openRuns()).toEqual([]);
  });

  it("end the race where the project says so", { timeout: LONG }, async () => {
    const server = await harness.serve();
    const prompt = `case $LETTER in a) sleep 3; echo '# Shop' > README.md;; b) sed -i 's/2 \\* price/3 * price/' price.mjs;; c) sleep 600;; esac`;
    const runId = await server.start(await harness.repository(shop), prompt, 3);
    const { projectId } = await server.until(runId, ({ base }) => base !== undefined);
    await server.projects.change(projectId, { ...SETTINGS, stop_when_passed: true });
    const run = await server.ended(runId);
    // B had ended first, but breaks a test.
    expect(run.variations.map(({ status }) => status)).toEqual(["completed", "completed", "cancelled"]);
    expect(breaksBase(run, "b")).toMatchObject({ broken: 1 });
    expect(check(run, "a", "npm:test").status).toBe("passed");
  });

  it("are tried once more after the server was killed in the middle", { timeout: LONG }, async () => {
    const bundle = join(fileURLToPath(new URL("../../node_modules/.cache", import.meta.url)), `checks-${process.pid}.mjs`);
    const slow = `import { test } from "node:test";\ntest("takes its time", () => new Promise((resolve) => setTimeout(resolve, 4_000)));\n`;
    const repository = await harness.repository({ ...shop, "test/slow.test.mjs": slow });
    const root = fileURLToPath(new URL("../../", import.meta.url));
    await build({
      entryPoints: [fileURLToPath(new URL("checks-harness.ts", import.meta.url))],
      outfile: bundle,
      bundle: true,
      packages: "external",
      platform: "node",
      format: "esm",
      alias: { "@": root },
      logLevel: "silent",
    });
    const program = `const { openChecksHarness } = await import(${JSON.stringify(bundle)});
      const harness = await openChecksHarness(${JSON.stringify(bundles)}, ${JSON.stringify(harness.dir)});
      const server = await harness.serve();
      const runId = await server.start(${JSON.stringify(repository)}, "echo '# Shop' > README.md", 1);
      await server.until(runId, ({ checks }) => checks.runs.some(({ kind, status }) => kind === "test" && status === "running"));
      console.log(runId);`;
    const first = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    let runId: string;
    try {
      const [said] = (await once(first.stdout, "data")) as [Buffer];
      runId = said.toString().trim();
    } finally {
      first.kill("SIGKILL");
      await rm(bundle, { force: true });
    }
    const sandboxes = (): string[] => readdirSync(join(harness.dir, "data/attempts")).filter((name) => name.startsWith("agent-check-"));

    const second = await harness.serve();
    const left = sandboxes();
    await second.checks.recover();
    expect(sandboxes().filter((name) => left.includes(name))).toEqual([]);
    const run = await second.until(
      runId,
      ({ checks }) => checks.runs.length >= 6 && checks.runs.every(({ status }) => status !== "queued" && status !== "running"),
    );
    expect(run.checks.runs.map(({ target, check: id, status }) => `${target} ${id} ${status}`).sort()).toEqual([
      "a aideator:secrets passed",
      "a aideator:size passed",
      "a npm:lint passed",
      "a npm:test passed",
      "base npm:lint passed",
      "base npm:test passed",
    ]);
    const events = (await second.eventLog.read(runId, 0, 10_000)).map(({ event }) => event);
    const ends = events.filter(({ type }) => type === "check.finished");
    expect(ends.some((event) => "reason" in event && event.reason === INTERRUPTED)).toBe(true);
    expect(new Set(ends.map((event) => ("id" in event ? event.id : ""))).size).toBe(ends.length);
  });
});

describe("without a sandbox", () => {
  it("nothing runs by itself, and what is asked for says why it does not", { timeout: LONG }, async () => {
    const server = await harness.serve({ isolated: false });
    const runId = await server.start(await harness.repository(shop), "echo '# Shop' > README.md", 1);
    await server.ended(runId);
    expect((await server.checks.list(runId)).available).toEqual({
      possible: false,
      reason: "Checks run in a sandbox only, and none holds on this machine. Install it.",
    });
    await server.checks.start(runId, { targets: ["a"], force: false });
    const run = await server.checked(runId, 4);
    expect(check(run, "a", "npm:test").outcome).toMatchObject({ verdict: "skipped", reason: expect.stringContaining("sandbox") as string });
    // These run nothing of the project's.
    expect(check(run, "a", "aideator:secrets").status).toBe("passed");
  });
});
