import { execFile } from "node:child_process";
import { promisify } from "node:util";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { apiClient } from "./api-client";
import { startServer, type TestServer } from "./server";

const PROMPT = "Sort the todo list by due date";
let server: TestServer;
let done: string;

test.beforeAll(async () => {
  server = await startServer({ AIDEATOR_MAX_RUNNING: "5" });
  const api = apiClient(server.url);
  const sample = (await api.setup()).sample_repository?.url;
  ({ run_id: done } = await api.startRun({
    github_url: sample,
    prompt: PROMPT,
    line_up: [{ model: "script:edits" }, { model: "script:edits" }, { model: "script:refused" }],
  }));
  await api.until(done, ({ status }) => status === "completed" || status === "failed");
});
test.afterAll(() => server.dispose());

/** Opens the palette by its key, types and chooses the first hit. */
async function choose(page: Page, text: string, hit: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "Search" })).toBeFocused();
  await page.keyboard.type(text);
  await expect(page.getByRole("option", { name: hit })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("combobox", { name: "Search" })).toBeHidden();
}

async function ready(page: Page): Promise<void> {
  // Not what is hidden: the outline that stood there while the page loaded may still be in the document.
  await expect(page.getByRole("banner").locator("[data-connection]")).toHaveAttribute("data-connection", "live");
}

test("the palette goes everywhere and sets the theme, by keyboard alone", async ({ page }) => {
  await page.goto(server.url);
  await ready(page);
  await choose(page, "server", "Server");
  await expect(page.getByRole("heading", { name: "Server", level: 1 })).toBeVisible();
  await choose(page, "prices", "Settings: models and prices");
  await expect(page.getByRole("heading", { name: "Models and prices" })).toBeVisible();
  await choose(page, "light th", "Light theme");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await ready(page);
  await choose(page, "by due date", PROMPT);
  await page.waitForURL(`**/runs/${done}`);
  await choose(page, "new run", "New run");
  await expect(page.getByRole("textbox", { name: "Prompt" })).toBeFocused();
});

test("the palette does what the run's page can do, and the shortcuts are listed", async ({ page }) => {
  await page.goto(`${server.url}/runs/${done}`);
  await ready(page);
  await choose(page, "diff", "Diff");
  await expect(page.getByRole("tab", { name: /Diff/ })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("l");
  await expect(page.getByRole("tab", { name: "Live" })).toHaveAttribute("aria-selected", "true");
  await choose(page, "select b", "Select B");
  await expect(page.getByRole("dialog", { name: /Select B as the winner/ })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("?");
  const shortcuts = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(shortcuts.getByRole("region", { name: "A run" })).toContainText("Select the focused variation");
  await expect(shortcuts.getByRole("region", { name: "Everywhere" })).toContainText("Ctrl K");
  expect((await new AxeBuilder({ page }).include("[role=dialog]").analyze()).violations).toEqual([]);
  await page.keyboard.press("Escape");

  const api = apiClient(server.url);
  const sample = (await api.setup()).sample_repository?.url;
  const { run_id } = await api.startRun({ github_url: sample, prompt: "Never ends", line_up: [{ model: "script:endless" }] });
  await page.goto(`${server.url}/runs/${run_id}`);
  await expect(page.locator("[data-status]")).toHaveAttribute("data-status", "running");
  await ready(page);
  await choose(page, "stop all", "Stop all");
  await expect(page.locator("[data-status]")).toHaveAttribute("data-status", "cancelled");
});

test("addresses that lead nowhere say what to do", async ({ page }) => {
  expect((await page.goto(`${server.url}/nowhere`))?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  expect((await page.goto(`${server.url}/runs/abcdefghijkl`))?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "There is no such run here" })).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "All runs" }).click();
  await expect(page.getByRole("heading", { name: "What should change?" })).toBeVisible();
});

test("it can be installed: manifest, icons and theme colours are there", async ({ page, request }) => {
  await page.goto(server.url);
  const address = await page.locator("link[rel=manifest]").getAttribute("href");
  const manifest = (await (await request.get(server.url + (address ?? ""))).json()) as {
    name: string;
    icons: { src: string; type: string }[];
  };
  expect(manifest.name).toBe("AIdeator");
  const links = await page
    .locator("link[rel~=icon], link[rel=apple-touch-icon]")
    .evaluateAll((all) => all.map((one) => one.getAttribute("href") ?? ""));
  for (const src of [...manifest.icons.map(({ src }) => src), ...links]) {
    const answer = await request.get(server.url + src);
    expect(answer.status(), src).toBe(200);
    expect(answer.headers()["content-type"], src).toMatch(/^image\//);
  }
  expect(await page.locator("meta[name=theme-color]").count()).toBe(2);
});

test("a run prints as a summary", async ({ page }) => {
  await page.goto(`${server.url}/runs/${done}`);
  await ready(page);
  await page.emulateMedia({ media: "print" });
  const summary = page.getByRole("article");
  await expect(summary.getByRole("heading", { name: "Summary of a run" })).toBeVisible();
  await expect(summary).toContainText(PROMPT);
  for (const letter of ["A", "B", "C"]) await expect(summary.getByRole("row", { name: new RegExp(`^${letter} Built-in`) })).toBeVisible();
  await expect(summary.getByRole("row", { name: /^C/ })).toContainText("failed");
  await expect(summary).toContainText("None is selected.");
  await expect(page.getByRole("banner")).toBeHidden();
  await page.emulateMedia({ media: "screen" });
  await expect(summary).toHaveCount(0);
});

test("no page asks anybody else, shifts, or is wider than its window", async ({ page }) => {
  const foreign: string[] = [];
  page.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    if (/^(http|ws)s?:$/.test(protocol) && host !== `127.0.0.1:${server.port}`) foreign.push(request.url());
  });
  const pages = ["/", `/runs/${done}`, "/projects", "/help", "/server", "/settings/provider", "/settings/prices", "/settings/limits"];
  for (const width of [1_440, 390, 2_560]) {
    await page.setViewportSize({ width, height: 900 });
    for (const path of pages) {
      await page.goto(server.url + path);
      await ready(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `${path} at ${width}`).toBeLessThanOrEqual(width);
      if (path === "/" || path.startsWith("/runs/")) expect(await layoutShift(page), `${path} at ${width}`).toBeLessThan(0.05);
    }
  }
  expect(foreign).toEqual([]);
});

/** The sum of all shifts since the page began (https://web.dev/articles/cls), which is at least the score. */
function layoutShift(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0;
        const observer = new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
            if (!entry.hadRecentInput) sum += entry.value;
          }
        });
        observer.observe({ type: "layout-shift", buffered: true });
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(sum), 0)));
      }),
  );
}

test("projects and help are found, searched and accessible in both themes", async ({ page }) => {
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto(`${server.url}/projects`);
    await ready(page);
    await expect(page.getByRole("list", { name: "Projects" }).getByRole("link", { name: /sample-todo/ })).toBeVisible();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await page.getByRole("searchbox", { name: "Search projects" }).fill("nothing like it");
    await expect(page.getByRole("status").filter({ hasText: "No project is called" })).toBeVisible();
    await page.goto(`${server.url}/help`);
    await ready(page);
    await page.getByRole("searchbox", { name: "Search the glossary" }).fill("line-up");
    await expect(page.getByRole("definition").filter({ hasText: "agent, model, temperature" })).toBeVisible();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await page.goto(`${server.url}/nowhere`);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  }
});

test("pages stay within their weight", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["scripts/page-weight.mjs"]);
  expect(stdout).toMatch(/✓ \/runs\/\[id\]\/page/);
});

test("a page without a live connection says when the server is gone, and when it is back", async ({ page }) => {
  await page.goto(`${server.url}/settings/limits`);
  await ready(page);
  await server.kill("SIGTERM");
  await expect(page.getByText("The server does not answer.")).toBeVisible({ timeout: 30_000 });
  await server.restart();
  await expect(page.getByText("The server does not answer.")).toBeHidden({ timeout: 30_000 });
  await ready(page);
});
