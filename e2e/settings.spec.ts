import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import type { PricesResponse } from "../lib/protocol/spending";
import { type ApiClient, apiClient } from "./api-client";
import { type Provider, startProvider } from "./provider/messages-api";
import { startServer, type TestServer } from "./server";

const KEY = "sk-ant-e2e-0123456789-wxyz";
const SONNET = "claude-sonnet-5-5";

let provider: Provider;
let server: TestServer;
let api: ApiClient;

test.beforeAll(async () => {
  // The model quotes the key, as an error or a careless answer might.
  const says = { blocks: [{ text: `Nothing to do. By the way, your key is ${KEY}.` }] };
  provider = await startProvider({ key: KEY, replies: [says, says, says, says] });
  server = await startServer({ ANTHROPIC_BASE_URL: provider.baseUrl, AIDEATOR_AUDIT_BODIES: "1" });
  api = apiClient(server.url);
});

test.afterAll(async () => {
  await server.dispose();
  await provider.close();
});

async function runOnce(): Promise<string> {
  const sample = (await api.setup()).sample_repository?.url;
  const { run_id } = await api.startRun({ github_url: sample, prompt: "Look around", line_up: [{ model: SONNET }] });
  await api.until(run_id, ({ status }) => status !== "running" && status !== "starting");
  return run_id;
}

test("a key is tested, used without a restart, and never given back", async ({ page }) => {
  await page.goto(`${server.url}/settings/provider`);
  await expect(page.getByText("None is set.")).toBeVisible();
  await page.getByRole("button", { name: "Test" }).click();
  await expect(page.getByText("invalid x-api-key")).toBeVisible();
  await expect(page.getByText("Check that the key was copied whole")).toBeVisible();

  const field = page.getByLabel("New key");
  await field.fill("two words of a key");
  await page.getByRole("button", { name: "Save key" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "no spaces" })).toBeVisible();
  await field.fill(KEY);
  await page.getByRole("button", { name: "Save key" }).click();
  await expect(page.getByText(/^Set on \d+ \w+ \d{4}, ends in …wxyz\.$/)).toBeVisible();
  await expect(page.getByLabel("Another key")).toHaveValue("");
  await page.getByRole("button", { name: "Test" }).click();
  await expect(page.getByText("It answers", { exact: false })).toBeVisible();

  const runId = await runOnce();
  const run = await api.getRun(runId);
  expect(run.status).toBe("completed");
  expect(provider.calls.some(({ status, charge }) => status === 200 && charge !== undefined)).toBe(true);

  const told = await Promise.all(
    [
      "/api/v1/settings",
      "/api/v1/settings/provider",
      "/api/v1/setup",
      "/api/v1/server",
      "/api/v1/openapi.json",
      `/api/v1/runs/${runId}`,
      `/api/v1/runs/${runId}/events`,
      `/api/v1/runs/${runId}/calls`,
      "/settings/provider",
      `/runs/${runId}`,
    ].map(async (path) => [path, await (await fetch(server.url + path)).text()] as const),
  );
  for (const [path, text] of told) expect(text, path).not.toContain(KEY);
  expect(told.find(([path]) => path.endsWith("/events"))?.[1]).toContain("your key is [redacted]");
  // Nor does it lie on the disk, except sealed.
  for (const name of await readdir(server.dataDir)) {
    if (/^aideator\.db/.test(name)) expect((await readFile(join(server.dataDir, name))).includes(KEY), name).toBe(false);
  }
  expect(server.output()).not.toContain(KEY);

  await page.getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText("None is set.")).toBeVisible();
});

test("prices that were edited are charged, and the built-in ones come back", async ({ page }) => {
  await api.call("PUT", "/settings/provider/key", { key: KEY });
  await page.goto(`${server.url}/settings/prices`);
  await expect(page.getByText("The list that this version came with")).toBeVisible();
  await page.getByLabel(`Input of ${SONNET}`, { exact: true }).fill("much");
  await page.getByRole("button", { name: "Save prices" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "One field has no usable value" })).toBeVisible();
  for (const name of ["Input", "Output", "Cache read", "Cache write, 5 min", "Cache write, 1 h"]) {
    await page.getByLabel(`${name} of ${SONNET}`, { exact: true }).fill("1000");
  }
  await page.getByRole("button", { name: `Add prices for long prompts to ${SONNET}` }).click();
  await page.getByLabel(`Tokens above which ${SONNET} is dearer`).fill("200,000");
  await page.getByLabel(`Input of ${SONNET}, long prompts`, { exact: true }).fill("2000");
  await page.getByLabel("Where the prices come from").fill("Our contract");
  await page.getByRole("button", { name: "Save prices" }).click();
  await expect(page.getByText("Edited on this server")).toBeVisible();
  expect((await api.call<PricesResponse>("GET", "/settings/prices")).body.models[SONNET]?.above).toMatchObject({
    prompt_tokens: 200_000,
    input: 2_000,
    output: 1_000,
  });

  const { body } = await api.call<{ calls: Record<string, number>[] }>("GET", `/runs/${await runOnce()}/calls`);
  const [call] = body.calls;
  const kinds = ["input_tokens", "output_tokens", "cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens"];
  const tokens = kinds.reduce((sum, name) => sum + (call?.[name] ?? 0), 0);
  expect(tokens).toBeGreaterThan(0);
  expect(call?.dollars).toBeCloseTo(tokens / 1_000, 6);

  await page.getByRole("button", { name: "Add claude-opus-4-8" }).click();
  await expect(page.getByLabel("Model id of claude-opus-4-8")).toHaveValue("claude-opus-4-8");
  await page.getByRole("button", { name: "Back to the built-in list" }).click();
  await expect(page.getByText("The list that this version came with")).toBeVisible();
  expect((await api.call<PricesResponse>("GET", "/settings/prices")).body).toMatchObject({ edited: false });
});

test("every section has an address, says where its values come from, and is accessible in both themes", async ({ page }) => {
  await page.goto(`${server.url}/settings`);
  await expect(page.getByRole("heading", { name: "Appearance", level: 2 })).toBeVisible();
  for (const theme of ["Light", "Dark"] as const) {
    await page.goto(`${server.url}/settings/appearance`);
    await page.getByRole("radio", { name: theme, exact: true }).check();
    await expect(page.locator("html")).toHaveAttribute("data-theme", theme.toLowerCase());
    await expectAccessible(page);
    for (const [section, content] of [
      ["Provider key", "costs nothing"],
      ["Models and prices", "US dollars per million tokens"],
      ["Agents", "Built-in"],
      ["Limits", "AIDEATOR_MAX_RUNNING"],
      ["Retention", "AIDEATOR_KEEP_TRASH_DAYS"],
    ] as const) {
      const nav = page.getByRole("navigation", { name: "Settings" });
      await nav.getByRole("link", { name: section }).click();
      await expect(page.getByRole("heading", { name: section, level: 2 })).toBeVisible();
      await expect(page.getByRole("main")).toContainText(content);
      await expect(nav.getByRole("link", { name: section })).toHaveAttribute("aria-current", "page");
      await expectAccessible(page);
    }
  }
  await page.goto(`${server.url}/settings/appearance`);
  await page.getByRole("radio", { name: "Large" }).check();
  const size = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).fontSize);
  expect(await size()).toBe("15px");
  await page.reload();
  expect(await size()).toBe("15px");
});

async function expectAccessible(page: Page): Promise<void> {
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
}
