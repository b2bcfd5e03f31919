import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, chromium, type Page } from "@playwright/test";
import { findChromium } from "./find-chromium";
import { type BenchOptions, compare, type Measurement, median } from "./measurement";
import { openPages } from "./pages/open-pages";

const FILES = 500;
const EVENTS = 100_000;
const QUICK_EVENTS = 5_000;
const ROUNDS = 7;
const QUICK_ROUNDS = 2;
/** What is promised: a page is painted, a diff is there. */
const PAINTED_MS = 1_000;
const DIFF_MS = 300;

/** What a load of a page has seen. */
interface Load {
  /** ms from the request to the largest paint that the browser noted. */
  painted: number;
  /** Cumulative layout shift. */
  shift: number;
}

/**
 * Pages of the built server in a real browser that knows nothing yet: largest contentful paint and layout shift, against the same markup and styles as a
 * bare document without any script; and the time from a press on Diff until lines are there, against a bare element that is shown on a press.
 */
export async function measurePages({ quick, progress }: BenchOptions): Promise<Measurement[]> {
  const pages = await openPages({ files: FILES, events: quick ? QUICK_EVENTS : EVENTS });
  const browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox", "--disable-gpu", "--disable-quic"] });
  try {
    progress("server and runs are ready");
    const rounds = quick ? QUICK_ROUNDS : ROUNDS;
    const loads = { home: "/", run: `/runs/${pages.wideRun}`, "long-run": `/runs/${pages.longRun}` };
    const measurements: Measurement[] = [];
    for (const [name, path] of Object.entries(loads)) measurements.push(await paints(browser, { name, url: pages.url + path, rounds }));
    measurements.push(await openings(browser, { url: `${pages.url}/runs/${pages.wideRun}`, rounds }));
    return measurements;
  } finally {
    await browser.close();
    await pages.close();
  }
}

async function paints(browser: Browser, { name, url, rounds }: { name: string; url: string; rounds: number }): Promise<Measurement> {
  const bare = await serveBare(url);
  // The server's own first answer is about its start, not about the page.
  await loadPage(browser, url);
  const [product, plain]: [Load[], Load[]] = [[], []];
  try {
    for (let round = 0; round < rounds; round += 1) {
      product.push(await loadPage(browser, url));
      plain.push(await loadPage(browser, bare.url));
    }
  } finally {
    bare.close();
  }
  const shifts = product.map(({ shift }) => shift);
  return compare({
    name: `page-${name}`,
    unit: "ms",
    subject: product.map(({ painted }) => painted),
    reference: plain.map(({ painted }) => painted),
    target: `< ${PAINTED_MS.toLocaleString("en-US")} ms`,
    judge: (subject) => median(subject) < PAINTED_MS,
    note: `largest contentful paint, nothing cached; layout shift ${Math.max(...shifts).toFixed(4)} at most; document of ${Math.round(bare.bytes / 1_000).toLocaleString("en-US")} kB`,
  });
}

/** The page's own document without its scripts, and its styles, from a server that does nothing else. */
async function serveBare(url: string): Promise<{ url: string; bytes: number; close(): void }> {
  const html = await (await fetch(url)).text();
  const document = html.replaceAll(/<script\b[\s\S]*?<\/script>/g, "").replaceAll(/<link[^>]*\bas="script"[^>]*>/g, "");
  const server = createServer((request, response) => {
    if (request.url === "/") return void response.setHeader("content-type", "text/html; charset=utf-8").end(document);
    void fetch(new URL(request.url ?? "/", url)).then(async (file) => {
      response.setHeader("content-type", file.headers.get("content-type") ?? "").end(Buffer.from(await file.arrayBuffer()));
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, bytes: html.length, close: () => void server.close().closeAllConnections() };
}

async function loadPage(browser: Browser, url: string): Promise<Load> {
  const page = await browser.newPage({ viewport: { width: 1_440, height: 900 } });
  try {
    await page.goto(url, { waitUntil: "load" });
    // What hydration moves or paints again belongs to the load.
    await page.evaluate(settle);
    const paints = await page.evaluate(readEntries, "largest-contentful-paint");
    const shifts = await page.evaluate(readEntries, "layout-shift");
    return { painted: paints.at(-1)?.startTime ?? Number.NaN, shift: shifts.reduce((sum, { value = 0 }) => sum + value, 0) };
  } finally {
    await page.close();
  }
}

/** Runs in the page: until the browser has had nothing to do for a while. */
async function settle(): Promise<void> {
  for (let quiet = 0; quiet < 10; ) {
    const start = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 50));
    quiet = performance.now() - start < 80 ? quiet + 1 : 0;
  }
}

/** Runs in the page: what it noted of this type so far. */
function readEntries(type: string): Promise<{ startTime: number; value?: number }[]> {
  return new Promise((resolve) => {
    new PerformanceObserver((list) =>
      resolve(
        list.getEntries().map((entry) => ({ startTime: entry.startTime, value: (entry as PerformanceEntry & { value?: number }).value })),
      ),
    ).observe({ type, buffered: true });
    setTimeout(() => resolve([]), 200);
  });
}

/** The first opening of the tab in a page that has come to rest, and of another file after it. */
async function openings(browser: Browser, { url, rounds }: { url: string; rounds: number }): Promise<Measurement> {
  const [product, plain, files]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round += 1) {
    const page = await browser.newPage({ viewport: { width: 1_440, height: 900 } });
    try {
      await page.goto(url, { waitUntil: "load" });
      await page.getByRole("tab", { name: "Diff" }).waitFor();
      await page.evaluate(settle);
      // What the page fetches while it is idle may come late: a person reads before they press.
      await page.waitForTimeout(2_000);
      product.push(await pressUntilLines(page, '[role="tab"][id$="diff"]'));
      files.push(await pressUntilLines(page, '[role="treeitem"]:not([aria-expanded]):not([aria-selected="true"])'));
      plain.push(await pressBare(page));
    } finally {
      await page.close();
    }
  }
  return compare({
    name: "diff-opens",
    unit: "ms",
    subject: product,
    reference: plain,
    target: `< ${DIFF_MS} ms`,
    judge: (subject) => median(subject) < DIFF_MS,
    note: `a change to ${FILES} files, first press on Diff until lines are drawn; another file after it: ${median(files).toFixed(0)} ms`,
  });
}

/** ms from a press until the editor has drawn lines that were not there, and the frame after it. */
async function pressUntilLines(page: Page, selector: string): Promise<number> {
  return page.evaluate(async (target) => {
    const button = document.querySelector<HTMLElement>(target);
    if (button === null) throw new Error(`nothing to press: ${target}`);
    const old = new Set(document.querySelectorAll(".view-line"));
    const start = performance.now();
    for (const type of ["pointerdown", "mousedown", "pointerup", "mouseup", "click"])
      button.dispatchEvent(new MouseEvent(type, { bubbles: true, button: 0 }));
    while (![...document.querySelectorAll(".view-line")].some((line) => !old.has(line) && line.textContent !== ""))
      await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    return performance.now() - start;
  }, selector);
}

/** The least that a press can take here: an element appears, and the frame after it. */
async function pressBare(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const start = performance.now();
    document.body.append(document.createElement("p"));
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    return performance.now() - start;
  });
}
