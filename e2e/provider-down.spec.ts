import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { type ApiClient, apiClient } from "./api-client";
import { type Provider, startProvider } from "./provider/messages-api";
import { startServer, type TestServer } from "./server";

const KEY = "sk-ant-e2e-0123456789-down";

let provider: Provider;
let server: TestServer;
let api: ApiClient;

test.beforeAll(async () => {
  // More refusals than two variations can use up while the page is looked at.
  const refuses = {
    refuse: { status: 429, type: "rate_limit_error", message: "Too many tokens per minute", headers: { "retry-after": "30" } },
  };
  provider = await startProvider({ key: KEY, replies: Array.from({ length: 20 }, () => refuses) });
  server = await startServer({ ANTHROPIC_BASE_URL: provider.baseUrl, ANTHROPIC_API_KEY: KEY });
  api = apiClient(server.url);
});

test.afterAll(async () => {
  await server.dispose();
  await provider.close();
});

test("a provider that refuses pauses the run; its page and the next person to start one are told, and the run can be stopped", async ({
  page,
}) => {
  const sample = (await api.setup()).sample_repository?.url;
  const { run_id } = await api.startRun({ github_url: sample, prompt: "Look around", variations: 2 });
  await page.goto(`${server.url}/runs/${run_id}`);
  const banner = page.getByRole("status").filter({ hasText: "The run is paused" });
  await expect(banner).toContainText("All variations wait and go on by themselves.");
  await expect(banner).toContainText(/for \d+s/);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

  await page.goto(server.url);
  await expect(page.getByText("A run is paused.")).toBeVisible();
  await expect(page.getByText("A new run with this provider may have to wait as well.")).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

  await page.goto(`${server.url}/runs/${run_id}`);
  await page.getByRole("button", { name: "Stop all" }).click();
  await expect(page.locator("[data-status]")).toHaveAttribute("data-status", "cancelled");
  await expect(banner).toBeHidden();
});
