// npm run screenshots: the README's pictures, from the built server with the demo model on the sample repository.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./build.mjs";
import { findBrowser, setUp } from "./setup.mjs";
import { fail, note, root, StepError, step } from "./step.mjs";

const size = { width: 1_440, height: 900 };
const folder = join(root, "docs/images");
/** The order matters: a run is selected at its end. */
const pictures = [
  {
    name: "home",
    async show(page) {
      await page.goto("/");
      await page
        .getByRole("textbox", { name: /prompt|change|task/i })
        .first()
        .waitFor();
    },
  },
  {
    name: "run-live",
    live: true,
    async show(page, run) {
      await page.goto(`/runs/${run}`);
      await page
        .getByText(/Edited|Wrote/)
        .first()
        .waitFor();
      // A moment later all three have changed something, and none is done.
      await page.waitForTimeout(900);
    },
  },
  {
    name: "diff",
    async show(page, run) {
      await page.goto(`/runs/${run}`);
      await page
        .getByRole("tab", { name: /diff/i })
        .or(page.getByRole("link", { name: /diff/i }))
        .first()
        .click();
      await page.locator(".monaco-diff-editor .view-line").first().waitFor();
    },
  },
  {
    name: "select",
    async show(page, run) {
      await page.goto(`/runs/${run}`);
      await page
        .getByRole("button", { name: /^select/i })
        .first()
        .click();
      await page.getByRole("dialog").waitFor();
    },
  },
];

/** A server on a free port with data of its own; resolves once it says where it is. */
function startServer(dataDir) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AIDEATOR_|ANTHROPIC_|DATABASE_URL$|HOST$)/.test(name)));
  const child = spawn(process.execPath, ["dist/server.mjs"], {
    cwd: root,
    env: { ...env, NODE_ENV: "production", PORT: "0", AIDEATOR_DATA_DIR: dataDir, AIDEATOR_LOG_LEVEL: "warn" },
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

async function api(url, path, body) {
  const request = body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(`${url}/api/v1${path}`, request);
  if (!response.ok) throw new StepError(`${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

async function startRun(url) {
  const { sample_repository: sample } = await api(url, "/setup");
  const { run_id } = await api(url, "/runs", { github_url: sample.url, prompt: sample.prompt, variations: 3 });
  return run_id;
}

/** Reads the run's stream to its end: the server closes it when the run has ended. */
async function runEnded(url, run) {
  await (await fetch(`${url}/api/v1/runs/${run}/stream`)).text();
}

async function takePictures(browser, url) {
  for (const theme of ["dark", "light"]) {
    const context = await browser.newContext({ baseURL: url, viewport: size, colorScheme: theme, reducedMotion: "reduce" });
    const page = await context.newPage();
    let run;
    for (const { name, live = false, show } of pictures) {
      if (live) run = await startRun(url);
      else if (run !== undefined) await runEnded(url, run);
      await show(page, run);
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path: join(folder, `${name}-${theme}.png`) });
      note(`docs/images/${name}-${theme}.png`);
    }
    await context.close();
  }
}

async function main() {
  await setUp({ browser: true });
  await build();
  const { chromium } = await import("@playwright/test");
  const dataDir = mkdtempSync(join(tmpdir(), "aid-"));
  mkdirSync(folder, { recursive: true });
  const server = await startServer(dataDir);
  const browser = await chromium.launch({ executablePath: findBrowser(), args: ["--no-sandbox", "--disable-gpu"] });
  try {
    await step("Pictures", () => takePictures(browser, server.url));
  } finally {
    await browser.close();
    server.child.kill("SIGTERM");
    await once(server.child, "close");
    rmSync(dataDir, { recursive: true, force: true });
  }
}

await main().catch(fail);
