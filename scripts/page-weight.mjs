// How much JavaScript a page loads before it works: what its entries name in the build's manifests, compressed as it is sent.
// Parts that a page imports when they are needed (Monaco, markdown, dialogs) are not among them.
// node scripts/page-weight.mjs [--check]
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const next = join(dirname(fileURLToPath(import.meta.url)), "..", ".next");

/** Highest weight of each page, in bytes. */
export const budgets = {
  "/runs/[id]/page": 250_000,
  "/(home)/page": 250_000,
  "/settings/prices/page": 250_000,
};

/** The first-load JavaScript of a page such as `/runs/[id]/page`: its files, and what they weigh with gzip, in bytes. */
export function weigh(page) {
  const manifest = join(next, "server/app", `${page}_client-reference-manifest.js`);
  if (!existsSync(manifest)) throw new Error(`There is no build of ${page}. Run npm run build first.`);
  const sandbox = { __RSC_MANIFEST: {} };
  new Function("globalThis", readFileSync(manifest, "utf8"))(sandbox);
  const { entryJSFiles } = Object.values(sandbox.__RSC_MANIFEST)[0];
  const { rootMainFiles } = JSON.parse(readFileSync(join(next, "build-manifest.json"), "utf8"));
  const files = [...new Set([...rootMainFiles, ...Object.values(entryJSFiles).flat()])];
  const weights = files.map((file) => ({ file, bytes: gzipSync(readFileSync(join(next, file))).length }));
  return { files: weights.sort((one, other) => other.bytes - one.bytes), bytes: weights.reduce((sum, { bytes }) => sum + bytes, 0) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [page, budget] of Object.entries(budgets)) {
    const { bytes } = weigh(page);
    const over = bytes > budget;
    process.stdout.write(`${over ? "✗" : "✓"} ${page.padEnd(24)} ${(bytes / 1_000).toFixed(1)} of ${budget / 1_000} kB\n`);
    if (over) process.exitCode = 1;
  }
}
