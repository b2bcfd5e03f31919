import { rm } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { changeProjectChecksSchema } from "@/lib/protocol/checks";
import { breaksBase } from "@/lib/run/check-table";
import { createLocalExecutor } from "../executors/local/local-executor";
import { probeSandbox } from "../executors/local/sandbox";
import { bundlePrograms, type ChecksHarness, openChecksHarness } from "./checks-harness";

// Other languages, where this machine has their tools for a sandbox to see.
const sandboxed = (await probeSandbox()).isolated;
const LONG = 400_000;
const unused = { dataDir: "/nonexistent", shimCommand: [], agentBundle: "", gatewaySocket: "/nonexistent/socket", allowUnsandboxed: false };
const there = sandboxed ? await programs() : new Set<string>();

async function programs(): Promise<Set<string>> {
  return (
    (await createLocalExecutor({ ...unused, dataDir: "/tmp/aideator-programs" }).programs?.(["pytest", "go", "python3", "cargo"])) ??
    new Set()
  );
}

let bundles: string;
let harness: ChecksHarness;
beforeAll(async () => {
  bundles = await bundlePrograms();
});
afterAll(async () => {
  await rm(bundles, { recursive: true, force: true });
  await rm("/tmp/aideator-programs", { recursive: true, force: true });
});
beforeEach(async () => {
  harness = await openChecksHarness(bundles);
});
afterEach(() => harness.dispose());

async function crossed(files: Record<string, string>, prompt: string) {
  const server = await harness.serve();
  const runId = await server.start(await harness.repository(files), prompt, 2);
  const { projectId } = await server.until(runId, ({ base }) => base !== undefined);
  // Each sandbox compiles the standard library anew: tests are enough of that.
  await server.projects.change(
    projectId,
    changeProjectChecksSchema.parse({ disabled: ["go:lint", "go:build", "cargo:types", "cargo:build"] }),
  );
  await server.ended(runId);
  await server.checked(runId, 3 + 4);
  await server.checks.startCrossTests(runId, { tests: ["a"], force: false });
  const run = await server.checked(runId, 2);
  const cells = run.checks.crossTests.map(({ code, status, outcome }) => `${code} ${status} ${outcome?.passed}/${outcome?.total}`);
  return { run, cells, tests: (target: string) => run.checks.runs.find((one) => one.target === target && one.kind === "test") };
}

describe.runIf(there.has("pytest"))("pytest", () => {
  it("says which tests break, and which cannot be imported elsewhere", { timeout: LONG }, async () => {
    const files = {
      "pytest.ini": "[pytest]\ntestpaths = tests\n",
      "shop/__init__.py": "",
      "shop/price.py": "def twice(price):\n    return 2 * price\n",
      "conftest.py": "",
      "tests/test_price.py": "from shop.price import twice\n\n\ndef test_doubles():\n    assert twice(4) == 8\n",
    };
    const prompt = `case $LETTER in
a) printf 'def half(price):\\n    return price / 2\\n' >> shop/price.py
   printf 'from shop.price import half\\n\\n\\ndef test_halves():\\n    assert half(4) == 2\\n' > tests/test_half.py;;
b) sed -i 's/2 \\* price/3 * price/' shop/price.py;;
esac`;
    const { run, cells, tests } = await crossed(files, prompt);
    expect(tests("base")?.outcome).toMatchObject({ verdict: "passed", tests: { total: 1 } });
    expect(tests("a")).toMatchObject({ status: "passed", comparison: { tests: { stillPassing: 1, added: { passed: 1 } } } });
    expect(breaksBase(run, "b")).toMatchObject({
      broken: 1,
      tests: [{ name: expect.stringContaining("test_doubles") as string, file: "tests/test_price.py" }],
    });
    expect(cells).toEqual(["base no_api 0/1", "a passed 1/1", "b no_api 0/1"]);
  });
});

describe.runIf(there.has("go"))("go test", () => {
  it("says which tests break, and which do not compile elsewhere", { timeout: LONG }, async () => {
    const files = {
      "go.mod": "module example.com/shop\n\ngo 1.19\n",
      "price.go": "package shop\n\nfunc Twice(price int) int { return 2 * price }\n",
      "price_test.go":
        'package shop\n\nimport "testing"\n\nfunc TestTwice(t *testing.T) {\n\tif Twice(4) != 8 {\n\t\tt.Fatal("not 8")\n\t}\n}\n',
    };
    const prompt = `case $LETTER in
a) printf '\\nfunc Half(price int) int { return price / 2 }\\n' >> price.go
   printf 'package shop\\n\\nimport "testing"\\n\\nfunc TestHalf(t *testing.T) {\\n\\tif Half(4) != 2 {\\n\\t\\tt.Fatal("not 2")\\n\\t}\\n}\\n' > half_test.go;;
b) sed -i 's/2 \\* price/3 * price/' price.go;;
esac`;
    const { run, cells, tests } = await crossed(files, prompt);
    expect(tests("base")?.outcome).toMatchObject({ verdict: "passed", tests: { total: 1 } });
    expect(tests("a")).toMatchObject({ status: "passed", comparison: { tests: { stillPassing: 1, added: { passed: 1 } } } });
    expect(breaksBase(run, "b")).toMatchObject({ broken: 1, tests: [{ name: "TestTwice" }] });
    expect(cells).toEqual(["base no_api 0/1", "a passed 1/1", "b no_api 0/1"]);
  });
});

describe.runIf(there.has("python3"))("unittest", () => {
  it("says which tests break, and which cannot be imported elsewhere", { timeout: LONG }, async () => {
    const files = {
      "setup.cfg": "[metadata]\nname = shop\n",
      "price.py": "def twice(price):\n    return 2 * price\n",
      "test_price.py":
        "import unittest\n\nimport price\n\n\nclass PriceTest(unittest.TestCase):\n    def test_doubles(self):\n        self.assertEqual(price.twice(4), 8)\n",
    };
    const prompt = `case $LETTER in
a) printf 'def half(price):\\n    return price / 2\\n' >> price.py
   sed -e 's/import price/from price import half/;s/doubles/halves/;s/price.twice(4), 8/half(4), 2/' test_price.py > test_half.py;;
b) sed -i 's/2 \\* price/3 * price/' price.py;;
esac`;
    const { run, cells, tests } = await crossed(files, prompt);
    expect(tests("base")?.outcome).toMatchObject({ verdict: "passed", tests: { total: 1 } });
    expect(tests("a")).toMatchObject({ status: "passed", comparison: { tests: { stillPassing: 1, added: { passed: 1 } } } });
    expect(breaksBase(run, "b")).toMatchObject({ broken: 1, tests: [{ name: "PriceTest > test_doubles", file: "test_price.py" }] });
    expect(cells).toEqual(["base no_api 0/1", "a passed 1/1", "b no_api 0/1"]);
  });
});

describe.runIf(there.has("cargo"))("cargo test", () => {
  it("knows of each test which file it is in, whatever is printed first", { timeout: LONG }, async () => {
    const files = {
      "Cargo.toml": '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n',
      "Cargo.lock": 'version = 3\n\n[[package]]\nname = "shop"\nversion = "0.1.0"\n',
      "src/lib.rs": "pub fn twice(price: i32) -> i32 {\n    2 * price\n}\n",
      "tests/price.rs": "#[test]\nfn doubles() {\n    assert_eq!(shop::twice(4), 8);\n}\n",
    };
    const prompt = `case $LETTER in
a) printf 'pub fn half(price: i32) -> i32 {\\n    price / 2\\n}\\n' >> src/lib.rs
   sed -e 's/doubles/halves/;s/twice(4), 8/half(4), 2/' tests/price.rs > tests/half.rs;;
b) sed -i 's/2 \\* price/3 * price/' src/lib.rs;;
esac`;
    const { run, cells, tests } = await crossed(files, prompt);
    expect(tests("base")?.outcome).toMatchObject({ verdict: "passed", tests: { total: 1 } });
    expect(tests("a")).toMatchObject({ status: "passed", comparison: { tests: { stillPassing: 1, added: { passed: 1 }, removed: 0 } } });
    expect(breaksBase(run, "b")).toMatchObject({ broken: 1, tests: [{ name: "doubles", file: "tests/price.rs" }] });
    expect(cells).toEqual(["base no_api 0/0", "a passed 1/1", "b no_api 0/0"]);
  });
});
