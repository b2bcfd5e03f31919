// Everything that runs from `dist/` and `.next/`. Each part is skipped while its inputs are what they were at its last build.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setUp } from "./setup.mjs";
import { fail, must, root, StepError, step } from "./step.mjs";

/** ESM bundles have no `require`; CommonJS packages inside them want one. */
const requireBanner = `import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);`;

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  alias: { "@": root.replace(/\/$/, "") },
  logLevel: "silent",
  legalComments: "none",
};

/** What runs in or around a sandbox: one file each, with nothing to install. */
export const sandboxBundles = [
  { ...shared, entryPoints: ["agent/main.ts"], outfile: "dist/agent.mjs", banner: { js: requireBanner } },
  { ...shared, entryPoints: ["agent/set-up.ts"], outfile: "dist/setup.mjs", banner: { js: requireBanner } },
  { ...shared, entryPoints: ["agent/run-check.ts"], outfile: "dist/check.mjs", banner: { js: requireBanner } },
  { ...shared, entryPoints: ["agent/checks/test-reporter.ts"], outfile: "dist/test-reporter.mjs" },
  // A thread of the server's own, beside it in the same folder.
  { ...shared, entryPoints: ["server/checks/scan/scan-worker.ts"], outfile: "dist/scan-worker.mjs", packages: "external" },
  { ...shared, entryPoints: ["server/executors/local/shim.ts"], outfile: "dist/shim.mjs", banner: { js: requireBanner } },
  { ...shared, entryPoints: ["server/executors/container/contain.ts"], outfile: "dist/contain.mjs", banner: { js: requireBanner } },
  { ...shared, entryPoints: ["server/executors/kubernetes/pod-shim.ts"], outfile: "dist/pod.mjs", banner: { js: requireBanner } },
];
/** Runs beside the server, in a thread of its own. */
export const mapWorkerBundle = { ...shared, entryPoints: ["server/compare/map-worker.ts"], outfile: "dist/map-worker.mjs" };
const serverBundle = { ...shared, entryPoints: ["server/index.ts"], outfile: "dist/server.mjs", packages: "external", sourcemap: true };

const cliBundle = { ...shared, entryPoints: ["cli/main.ts"], outfile: "dist/cli.mjs", packages: "external", sourcemap: true };

const configuration = ["package.json", "package-lock.json", "tsconfig.json", "scripts/build.mjs"];
const parts = [
  {
    title: "Bundles",
    inputs: ["agent", "cli", "lib", "server", "prisma/schema.prisma", ...configuration],
    outputs: [
      "dist/agent.mjs",
      "dist/setup.mjs",
      "dist/check.mjs",
      "dist/test-reporter.mjs",
      "dist/scan-worker.mjs",
      "dist/map-worker.mjs",
      "dist/shim.mjs",
      "dist/contain.mjs",
      "dist/pod.mjs",
      "dist/server.mjs",
      "dist/cli.mjs",
    ],
    stamp: "dist/.inputs",
    async make() {
      const { build } = await import("esbuild");
      await Promise.all([...sandboxBundles, mapWorkerBundle, serverBundle, cliBundle].map((options) => build(options))).catch((error) => {
        throw new StepError(error.message);
      });
    },
  },
  {
    title: "Pages",
    inputs: ["app", "components", "lib", "server", "public", "next.config.mjs", "postcss.config.mjs", ...configuration],
    outputs: [".next/BUILD_ID"],
    stamp: ".next/aideator-inputs",
    async make(inputs) {
      // Next.js draws these by lot; from the same sources the same pages should come. No server action is there for the key to guard.
      const fromInputs = {
        AIDEATOR_BUILD_ID: inputs.slice(0, 20),
        NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: Buffer.from(inputs, "hex").toString("base64"),
      };
      await must("next build", process.execPath, [join(root, "node_modules/next/dist/bin/next"), "build"], {
        env: { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", ...fromInputs },
      });
      dropPreviewKeys();
    },
  },
];

export async function build() {
  for (const { title, inputs, outputs, stamp, make } of parts) {
    await step(title, async () => {
      const now = fingerprint(inputs);
      const stampFile = join(root, stamp);
      if (outputs.every((path) => existsSync(join(root, path))) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === now)
        return "up to date";
      await make(now);
      mkdirSync(dirname(stampFile), { recursive: true });
      writeFileSync(stampFile, now);
      return "built";
    });
  }
}

/** Next.js' previews are not used: keys that are null are opened by no cookie and no header, and differ from no other build's. */
function dropPreviewKeys() {
  for (const file of [".next/server/preview-props.json", ".next/prerender-manifest.json"]) {
    const path = join(root, file);
    const content = JSON.parse(readFileSync(path, "utf8"));
    const keys = content.preview ?? content;
    for (const name of Object.keys(keys)) keys[name] = null;
    writeFileSync(path, JSON.stringify(content));
  }
}

/** One hash over paths and contents; tests are no input of a build. */
function fingerprint(paths) {
  const hash = createHash("sha256");
  for (const path of paths.flatMap((path) => filesUnder(path)).sort()) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update("\0");
  }
  return hash.digest("hex");
}

function filesUnder(path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return /\.(test|contract)\.tsx?$/.test(path) ? [] : [path];
  return readdirSync(full).flatMap((name) => filesUnder(join(path, name)));
}

/** Only what runs in or around a sandbox: all that an image for agents needs. */
async function buildForSandboxes() {
  const { build } = await import("esbuild");
  await Promise.all(sandboxBundles.map((options) => build(options)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const work = process.argv.includes("--sandbox") ? step("Programs for sandboxes", buildForSandboxes) : setUp().then(build);
  await work.catch(fail);
}
