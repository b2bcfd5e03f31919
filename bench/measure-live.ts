import { type Browser, chromium } from "@playwright/test";
import type { RunEvent } from "@/lib/run/events";
import { findChromium } from "./find-chromium";
import { builtStyles, bundleLive, openBare } from "./live/bundle-live";
import { liveHistory, liveText } from "./live/live-history";
import { type BenchOptions, compare, type Measurement, median } from "./measurement";

const VARIATIONS = 5;
/** Characters of each pane before the measurement. */
const HISTORY = 200_000;
/** As the coalescer sends them: 8 tokens of some 4 characters at once are 200 tokens/s. */
const EVERY_MS = 40;
const CHARACTERS = 32;
const SECONDS = 8;
const QUICK_SECONDS = 3;
const ROUNDS = 5;
const QUICK_ROUNDS = 1;

/** What one round has seen, per second. */
interface Seen {
  frames: number;
  /** ms of the page's main thread. */
  busy: number;
  /** ms in tasks of more than 50 ms. */
  long: number;
  /** The longest task, in ms; 0 when none took more than 50. */
  longest: number;
}

/** Five panes with long histories, all of them streaming, against five bare columns that append the same text; in a real browser. */
export async function measureLive({ quick, progress }: BenchOptions): Promise<Measurement[]> {
  const styles = builtStyles();
  const scripts = { product: await bundleLive(), bare: await bundleLive({ page: "bare-page.ts" }) };
  const events = liveHistory(VARIATIONS, HISTORY);
  const browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox", "--disable-gpu", "--disable-quic"] });
  try {
    const [product, bare]: [Seen[], Seen[]] = [[], []];
    const seconds = quick ? QUICK_SECONDS : SECONDS;
    for (let round = 0; round < (quick ? QUICK_ROUNDS : ROUNDS); round += 1) {
      product.push(await watch(browser, { script: scripts.product, styles, events, seconds }));
      bare.push(await watch(browser, { script: scripts.bare, styles: "", events, seconds }));
      progress(`round ${round + 1}: ${shown(product.at(-1))}; bare ${shown(bare.at(-1))}`);
    }
    return verdicts(product, bare);
  } finally {
    await browser.close();
  }
}

function verdicts(product: Seen[], bare: Seen[]): Measurement[] {
  const frames = compare({
    name: "live-frames",
    unit: "frames/s",
    subject: product.map((seen) => seen.frames),
    reference: bare.map((seen) => seen.frames),
    target: "60, or 90 % of the bare page",
    note: `${VARIATIONS} panes × 200 tokens/s, ${HISTORY.toLocaleString("en-US")} characters each; long tasks: product ${longTasks(product)}, bare ${longTasks(bare)}`,
  });
  const busy = compare({
    name: "live-busy",
    unit: "ms/s",
    subject: product.map((seen) => seen.busy),
    reference: bare.map((seen) => seen.busy),
    target: "—",
    note: "time of the page's main thread, painting by software included",
  });
  return [{ ...frames, pass: median(frames.subject) >= 59 || frames.ratio.median >= 0.9 }, busy];
}

function longTasks(rounds: Seen[]): string {
  return `${median(rounds.map(({ long }) => long)).toFixed(0)} ms/s, the longest ${Math.max(...rounds.map(({ longest }) => longest)).toFixed(0)} ms`;
}

function shown(seen: Seen | undefined): string {
  return seen === undefined ? "nothing" : `${seen.frames.toFixed(1)} frames/s, ${seen.busy.toFixed(0)} ms/s busy`;
}

interface Setting {
  script: string;
  styles: string;
  events: RunEvent[];
  seconds: number;
}

async function watch(browser: Browser, { script, styles, events, seconds }: Setting): Promise<Seen> {
  const page = await browser.newPage({ viewport: { width: 1_440, height: 900 } });
  try {
    await openBare(page, { script, styles, events });
    await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null);
    // What was drawn last settles.
    await page.waitForTimeout(1_500);
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable");
    const taskTime = async (): Promise<number> => {
      const { metrics } = await session.send("Performance.getMetrics");
      return 1_000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN);
    };
    const before = await taskTime();
    const text = Array.from({ length: 40 }, (_, turn) => liveText(1_000 + turn)).join("");
    const seen = await page.evaluate(stream, { text, seconds, variations: VARIATIONS, every: EVERY_MS, characters: CHARACTERS });
    const busy = ((await taskTime()) - before) / seconds;
    return { ...seen, busy };
  } finally {
    await page.close();
  }
}

/** Runs in the page: streams for so long, and counts frames and long tasks. */
async function stream({
  text,
  seconds,
  variations,
  every,
  characters,
}: {
  text: string;
  seconds: number;
  variations: number;
  every: number;
  characters: number;
}): Promise<Omit<Seen, "busy">> {
  const { live } = window;
  if (live === undefined) throw new Error("the page has no panes");
  const tasks: number[] = [];
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
  let seq = live.lastSeq();
  let at = 0;
  const start = performance.now();
  const timer = setInterval(() => {
    // A page that is late gets all that came meanwhile, like one behind a socket.
    const due = Math.floor((performance.now() - start) / every);
    const events: RunEvent[] = [];
    for (; at < due; at += 1) {
      const piece = text.slice((at * characters) % text.length).slice(0, characters);
      for (let variation = 0; variation < variations; variation += 1) {
        seq += 1;
        events.push({ runId: "live", seq, at: 9_000 + at, variation, event: { type: "text.delta", block: "streamed", text: piece } });
      }
    }
    if (events.length > 0) live.feed(events);
  }, every);
  let frames = 0;
  while (performance.now() - start < seconds * 1_000) {
    await new Promise(requestAnimationFrame);
    frames += 1;
  }
  clearInterval(timer);
  const long = tasks.reduce((sum, duration) => sum + duration, 0);
  return { frames: frames / seconds, long: long / seconds, longest: Math.max(0, ...tasks) };
}
