import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import type { EventBatch } from "@/lib/protocol/socket";
import { apiClient } from "./api-client";
import { type CutProxy, createCutProxy } from "./cut-proxy";
import { startServer, type TestServer } from "./server";

let proxy: CutProxy;
let server: TestServer;

test.beforeEach(async () => {
  proxy = await createCutProxy();
  server = await startServer({ AIDEATOR_PUBLIC_URL: proxy.url });
  proxy.target = server.port;
});

test.afterEach(async () => {
  await server.dispose();
  await proxy.close();
});

/** The `seq` of every event that reaches the page's sockets, in the order in which they come. */
function recordEvents(page: Page): number[] {
  const seen: number[] = [];
  page.on("websocket", (socket) => {
    socket.on("framereceived", ({ payload }) => {
      const packet = /^42\d*(\[.*)$/s.exec(String(payload))?.[1];
      if (packet === undefined) return;
      const [name, body] = JSON.parse(packet) as [string, EventBatch];
      if (name === "run:events") seen.push(...body.events.map(({ seq }) => seq));
    });
  });
  return seen;
}

/** The numbers that an agent counted aloud in its pane. */
async function ticksIn(page: Page, letter: string): Promise<number[]> {
  const text = await page
    .getByRole("region", { name: `Variation ${letter}` })
    .getByRole("log")
    .innerText();
  return [...text.matchAll(/\btick (\d+)\b/g)].map(([, number]) => Number(number));
}

const counted = Array.from({ length: 400 }, (_, at) => at + 1);

async function openLongRun(page: Page): Promise<string> {
  const api = apiClient(server.url);
  const sample = (await api.setup()).sample_repository?.url;
  const line_up = [{ model: "script:long" }, { model: "script:long" }];
  const { run_id } = await api.startRun({ github_url: sample, prompt: "Count", line_up });
  await page.goto(`${proxy.url}/runs/${run_id}`);
  return run_id;
}

async function expectWhole(page: Page, runId: string, seen: number[]): Promise<void> {
  await expect(page.locator("[data-status]")).toHaveAttribute("data-status", "completed", { timeout: 90_000 });
  const { last_seq: last } = await apiClient(server.url).getRun(runId);
  await expect(page.locator("[data-last-seq]")).toHaveAttribute("data-last-seq", String(last));
  // What came over the wire goes on without gap or repetition from what the page was loaded with.
  const first = seen[0] ?? 0;
  expect(seen).toEqual(Array.from({ length: last - first + 1 }, (_, at) => first + at));
  for (const letter of ["A", "B"]) expect(await ticksIn(page, letter)).toEqual(counted);
}

test("a connection that breaks in mid-run costs nothing", async ({ page }) => {
  const seen = recordEvents(page);
  const runId = await openLongRun(page);
  for (const mark of [40, 120, 200]) {
    await expect.poll(async () => (await ticksIn(page, "A")).length, { intervals: [50] }).toBeGreaterThan(mark);
    proxy.cut();
  }
  await expectWhole(page, runId, seen);
});

test("a server that is killed in mid-run is back where it was, and so is the page", async ({ page }) => {
  const seen = recordEvents(page);
  const runId = await openLongRun(page);
  await expect.poll(async () => (await ticksIn(page, "A")).length, { intervals: [50] }).toBeGreaterThan(60);
  await server.kill("SIGKILL");
  await expect(page.getByText(/offline|reconnecting/i).first()).toBeVisible();
  await server.restart();
  await expectWhole(page, runId, seen);
  const events = await apiClient(server.url).events(runId);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
  expect(events.filter(({ event }) => event.type === "variation.reattached")).toHaveLength(2);
  expect(events.filter(({ event }) => event.type === "variation.completed")).toHaveLength(2);
});

test("Ctrl-C stops running agents and keeps their work", async () => {
  const api = apiClient(server.url);
  const sample = (await api.setup()).sample_repository?.url;
  const { run_id } = await api.startRun({ github_url: sample, prompt: "Go on", line_up: [{ model: "script:endless" }] });
  await api.until(run_id, (run) => run.jobs[0]?.state === "running");
  await server.kill("SIGINT");
  await server.restart();
  const run = await api.getRun(run_id);
  expect(run.status).toBe("cancelled");
  const events = await api.events(run_id);
  expect(events.map(({ event }) => event.type)).toContain("snapshot.taken");
  expect(events.at(-1)?.event.type).toBe("run.cancelled");
});

test("after a restart the page says who went on and who was lost, and a lost one is tried again from there", async ({ page }) => {
  const api = apiClient(server.url);
  const sample = (await api.setup()).sample_repository?.url;
  const line_up = [{ model: "script:long" }, { model: "script:tools" }, { model: "script:refused" }];
  const { run_id } = await api.startRun({ github_url: sample, prompt: "Count", line_up });
  await page.goto(`${proxy.url}/runs/${run_id}`);
  const pane = (letter: string) => page.getByRole("region", { name: `Variation ${letter}` });
  await expect.poll(async () => (await ticksIn(page, "A")).length, { intervals: [50] }).toBeGreaterThan(20);
  await expect(pane("C")).toContainText("failed");
  await server.kill("SIGKILL");
  // What watched over B is gone when the server comes back: the machine was short of memory, say.
  process.kill(shimOf(join(server.dataDir, "attempts", `agent-${run_id}-1`)), "SIGKILL");
  await expect(page.getByText("No connection to the server.")).toBeVisible();
  await server.restart();

  const banner = page.getByRole("status").filter({ hasText: "The server restarted" });
  await expect(banner).toContainText("B was lost");
  await expect(pane("B")).toContainText("lost");
  await expect(pane("B")).not.toContainText("failed");
  await expect(pane("B")).not.toContainText("went on and was attached again");
  await expect(pane("C")).toContainText("failed");
  await banner.getByRole("button", { name: "Retry B" }).click();
  await expect(pane("B")).toContainText("completed", { timeout: 60_000 });
  await expect(pane("A")).toContainText("completed", { timeout: 60_000 });
  expect(await ticksIn(page, "A")).toEqual(counted);
  const events = await api.events(run_id);
  const ends = events.filter(({ variation, event }) => variation === 1 && /^variation\.(completed|failed)$/.test(event.type));
  expect(ends.map(({ attempt: at, event }) => [at, event.type])).toEqual([
    [0, "variation.failed"],
    [1, "variation.completed"],
  ]);
});

function shimOf(attempt: string): number {
  return (JSON.parse(readFileSync(join(attempt, "shim.json"), "utf8")) as { shim: { pid: number } }).shim.pid;
}
