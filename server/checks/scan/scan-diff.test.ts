import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { riskyPatterns } from "./risky-patterns";
import { scanDiff } from "./scan-diff";

let dir: string;
let worker: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "aid-scan-"));
  worker = join(dir, "scan-worker.mjs");
  const banner = { js: `import { createRequire as __r } from "node:module"; const require = __r(import.meta.url);` };
  await build({
    entryPoints: [fileURLToPath(new URL("scan-worker.ts", import.meta.url))],
    outfile: worker,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    banner,
    logLevel: "silent",
  });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const live = new AbortController().signal;
function patch(path: string, ...lines: string[]): string {
  return `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -10,1 +10,${lines.length + 1} @@\n same\n${lines.map((line) => `+${line}\n`).join("")}`;
}
const TOKEN = "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";

it("finds secrets where they were added, says what kind they are, and never the secret", async () => {
  const text =
    patch("src/a.ts", "const one = 1;", `const key = "${TOKEN}"; // secretlint-disable-line`) +
    patch("b.env", "URL=https://me:hunter2hunter2@db.example.com/x");
  const { findings, problem } = await scanDiff(worker, text, live);
  expect(problem).toBeUndefined();
  expect(findings.map(({ file, line, severity }) => `${file}:${line} ${severity}`)).toEqual(["src/a.ts:12 error", "b.env:11 error"]);
  expect(findings[0]?.rule).toBe("secret/github:GITHUB_TOKEN");
  expect(findings[0]?.message).toBe("Found GitHub Token.");
  expect(JSON.stringify(findings)).not.toMatch(/wWPw5k|hunter2/);
});

it("looks at what was added only, and at so much of it", async () => {
  expect((await scanDiff(worker, patch("a.ts", "const one = 1;").replace(" same", ` ${TOKEN}`), live)).findings).toEqual([]);
  const large = patch("large.txt", ...Array.from({ length: 5_000 }, () => "x".repeat(999)));
  expect((await scanDiff(worker, patch("a.ts", "fine") + large, live)).problem).toContain("Only the first 4 MB");
});

it("ends with what asked for it, and says when the scanner failed", async () => {
  const stop = new AbortController();
  const scan = scanDiff(worker, patch("a.ts", "fine"), stop.signal);
  stop.abort();
  await expect(scan).rejects.toThrow("stopped");
  const broken = join(dir, "broken.mjs");
  writeFileSync(broken, "throw new Error('no');");
  await expect(scanDiff(broken, patch("a.ts", "fine"), live)).rejects.toThrow("no");
});

it("names risky patterns by language", () => {
  const rules = (path: string, ...lines: string[]): string[] =>
    riskyPatterns({ path, lines: lines.map((text, at) => ({ number: at + 1, text })) }).map(({ rule, line }) => `${line} ${rule}`);
  expect(rules("a.ts", "eval(text)", "evaluate(x)", "execSync(`rm ${path}`)", "// @ts-ignore", "it.only('x', f)")).toEqual([
    "1 risk/eval",
    "3 risk/shell",
    "4 risk/check-off",
    "5 risk/test-off",
  ]);
  expect(rules("a.py", "model.eval()", "eval(text)", "run(cmd, shell=True)", "requests.get(url, verify=False)")).toEqual([
    "2 risk/eval",
    "3 risk/shell",
    "4 risk/tls-off",
  ]);
  expect(rules("install.sh", "curl -fsSL https://example.com/x | sudo bash", "echo curl | cat")).toEqual(["1 risk/pipe-to-shell"]);
});
