// npm run screenshots: pictures of every view and state, from the built server with the demo model and scripted failures on the sample
// repository. Those for the documents go to docs/images; with --all, all of them (both themes, desk and phone) to test-results/screenshots.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./build.mjs";
import { views } from "./screenshot-views.mjs";
import { findBrowser, setUp } from "./setup.mjs";
import { fail, note, root, StepError, step } from "./step.mjs";

const desk = { name: "", width: 1_440, height: 900 };
const phone = { name: "-phone", width: 390, height: 844 };
const documents = join(root, "docs/images");
const everything = join(root, "test-results/screenshots");

/** A server on a free port with data of its own; resolves once it says where it is. */
function startServer(dataDir) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AIDEATOR_|ANTHROPIC_|DATABASE_URL$|HOST$)/.test(name)));
  const own = {
    AIDEATOR_DATA_DIR: dataDir,
    AIDEATOR_LOG_LEVEL: "warn",
    AIDEATOR_SCRIPTS: join(root, "e2e/scripts"),
    AIDEATOR_MAX_RUNNING: "5",
  };
  const child = spawn(process.execPath, ["dist/server.mjs"], {
    cwd: root,
    env: { ...env, ...own, AIDEATOR_GIT_AUTHOR: "Ada <ada@example.com>", NODE_ENV: "production", PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
      const url = /ready at (\S+)/.exec(output)?.[1];
      if (url !== undefined) resolve({ url, child });
    });
    child.once("close", (code) => reject(new StepError(`The server ended with ${code} before it was ready.`)));
  });
}

/** What the views need beside a page: runs in the state that they show. */
function stage(url) {
  async function api(path, body) {
    const request =
      body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const response = await fetch(`${url}/api/v1${path}`, request);
    if (!response.ok) throw new StepError(`${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }
  let ended;
  const start = async (lineUp, more = {}) => {
    const { sample_repository: sample } = await api("/setup");
    const { run_id } = await api("/runs", { github_url: sample.url, prompt: sample.prompt, line_up: lineUp, ...more });
    return run_id;
  };
  /** Reads the run's stream to its end: the server closes it when the run has ended. */
  const over = async (run) => {
    await (await fetch(`${url}/api/v1/runs/${run}/stream`)).text();
    return run;
  };
  const demo = { model: "demo" };
  return {
    api,
    /** A run that has just begun. */
    live: (variations = 3) => start(Array.from({ length: variations }, () => demo)),
    /** A run of five that has ended, one of them failed; always the same one. */
    ended: () => (ended ??= start([demo, demo, { model: "script:refused" }, demo, demo]).then(over)),
  };
}

async function takePictures(browser, url, all) {
  const scene = stage(url);
  for (const view of views) {
    const sizes = all ? [desk, phone] : [desk];
    if (!all && !view.documented) continue;
    for (const theme of ["dark", "light"]) {
      for (const { name: suffix, ...viewport } of sizes) {
        const context = await browser.newContext({ baseURL: url, viewport, colorScheme: theme, reducedMotion: "reduce" });
        const page = await context.newPage();
        const file = `${view.name}-${theme}${suffix}.png`;
        try {
          page.setDefaultTimeout(60_000);
          await view.show(page, scene);
          await page.evaluate(() => document.fonts.ready);
          if (view.documented && suffix === "") await page.screenshot({ path: join(documents, file) });
          if (all) await page.screenshot({ path: join(everything, file) });
          note(file);
        } catch (error) {
          await page.screenshot({ path: join(everything, `failed-${file}`) });
          throw new StepError(`${file}: ${error.message}`);
        } finally {
          await context.close();
        }
      }
    }
  }
}

async function main() {
  const all = process.argv.includes("--all");
  await setUp({ browser: true });
  await build();
  const { chromium } = await import("@playwright/test");
  const dataDir = mkdtempSync(join(tmpdir(), "aid-"));
  for (const folder of [documents, everything]) mkdirSync(folder, { recursive: true });
  const server = await startServer(dataDir);
  const browser = await chromium.launch({ executablePath: findBrowser(), args: ["--no-sandbox", "--disable-gpu"] });
  try {
    await step("Pictures", () => takePictures(browser, server.url, all));
  } finally {
    await browser.close();
    server.child.kill("SIGTERM");
    await once(server.child, "close");
    rmSync(dataDir, { recursive: true, force: true });
  }
}

await main().catch(fail);
