import { rm } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { breaksBase, gateRows } from "@/lib/run/check-table";
import type { RunState } from "@/lib/run/state";
import { probeSandbox } from "../executors/local/sandbox";
import { bundlePrograms, type ChecksHarness, openChecksHarness } from "./checks-harness";

// Real git, SQLite, bubblewrap and node:test; only the agent is a shell command.
const sandboxed = (await probeSandbox()).isolated;
const LONG = 180_000;

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
});
