// node scripts/runtime-tree.mjs <folder>: copies what a built server needs to run, and nothing else, into an empty folder. For images: of
// 1.3 GB of packages the server loads a tenth.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, normalize, relative, resolve } from "node:path";
import { fail, root, StepError, step } from "./step.mjs";

// Next.js brings the tracer that its own standalone output is made with.
const { nodeFileTrace } = createRequire(import.meta.url)("next/dist/compiled/@vercel/nft");

/** Loaded by path, so that no tracer sees them. */
const whole = [
  "bin",
  "dist",
  "docs/glossary.md",
  "next.config.mjs",
  // Next.js resolves these whenever it reads its configuration.
  "node_modules/next/dist/compiled/@babel/runtime/package.json",
  "node_modules/next/dist/compiled/webpack",
  "package.json",
  "prisma/migrations",
  "public",
  "sample",
  ".next",
];
/** What is left out of them: caches and types of the build. */
const leftOut = /^\.next\/(build|cache|diagnostics|trace|trace-build|turbopack|types)(\/|$)/;
const programs = ["dist/server.mjs", "dist/cli.mjs", "dist/scan-worker.mjs"];
/** Next.js loads these in development and for builds only. */
const neverRun = [
  ".next/**",
  "**/*.map",
  "node_modules/@img/**",
  "node_modules/@next/swc*/**",
  "node_modules/esbuild/**",
  "node_modules/next/dist/build/webpack/**",
  "node_modules/next/dist/compiled/babel*/**",
  "node_modules/next/dist/server/dev/**",
  "node_modules/sharp/**",
  "node_modules/typescript/**",
];

async function main() {
  const target = resolve(process.argv[2] ?? fail(new StepError("Name the folder: node scripts/runtime-tree.mjs <folder>")));
  if (!existsSync(join(root, ".next/BUILD_ID"))) throw new StepError("Nothing is built yet: node scripts/build.mjs");
  if (existsSync(target) && readdirSync(target).length > 0) throw new StepError(`${target} is not empty.`);
  await step("What the server loads", async () => {
    const files = new Set([...(await tracedByPrograms()), ...tracedByPages()]);
    for (const file of [...files].sort()) copy(file, target);
    return `${files.size} files`;
  });
  await step("What it reads", () => {
    for (const path of whole) if (existsSync(join(root, path))) copy(path, target);
  });
}

async function tracedByPrograms() {
  const { fileList } = await nodeFileTrace(programs, { base: root, processCwd: root, ignore: neverRun });
  return [...fileList].filter((file) => file.startsWith("node_modules/"));
}

/** What the pages need is written beside them by Next.js' build. */
function tracedByPages() {
  const traces = readdirSync(join(root, ".next"), { recursive: true }).filter((file) => file.endsWith(".nft.json"));
  return traces.flatMap((trace) => {
    const file = join(root, ".next", trace);
    const { files } = JSON.parse(readFileSync(file, "utf8"));
    const paths = files.map((path) => relative(root, normalize(join(dirname(file), path))));
    return paths.filter((path) => path.startsWith("node_modules/"));
  });
}

function copy(path, target) {
  mkdirSync(dirname(join(target, path)), { recursive: true });
  const filter = (source) => !leftOut.test(relative(root, source));
  cpSync(realpathSync(join(root, path)), join(target, path), { recursive: true, filter });
}

await main().catch(fail);
