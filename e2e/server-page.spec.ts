import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { apiClient } from "./api-client";
import { startServer, type TestServer } from "./server";

let server: TestServer;
test.beforeEach(async () => {
  server = await startServer();
});
test.afterEach(() => server.dispose());

test("the server's page says what is in force, how full the disk is, and what was tidied up", async ({ page }) => {
  await page.goto(server.url);
  await page.getByRole("link", { name: "Server" }).click();
  await expect(page.getByRole("heading", { name: "Server", level: 1 })).toBeVisible();
  const sandbox = page
    .getByRole("region", { name: "Sandbox" })
    .or(page.locator("section").filter({ hasText: "Sandbox" }))
    .first();
  for (const measure of ["network", "memory", "processes", "disk"]) await expect(sandbox).toContainText(measure, { ignoreCase: true });
  await expect(page.getByRole("meter", { name: "Disk in use" })).toBeVisible();
  await expect(page.getByText(/[GT]B free of/)).toBeVisible();

  // What a crash might have left: a program that was started for an attempt that has ended.
  const api = apiClient(server.url);
  const sample = (await api.setup()).sample_repository?.url;
  const { run_id } = await api.startRun({ github_url: sample, prompt: "Go", line_up: [{ model: "script:refused" }] });
  await api.until(run_id, ({ status }) => status === "failed");
  const folder = join(server.dataDir, "attempts", `agent-${run_id}-0`);
  // Its own end clears up after it: only then there is nobody else to find the stray.
  await expect.poll(() => existsSync(folder)).toBe(false);
  const env = { AIDEATOR_TASK: join(folder, "config/task.json") };
  const stray = spawn("sleep", ["300"], { detached: true, stdio: "ignore", env: env as unknown as NodeJS.ProcessEnv });
  const gone = once(stray, "exit");
  await page.getByRole("button", { name: "Look now" }).click();
  await expect(page.getByText("Process ended")).toBeVisible();
  await expect(page.getByText(`agent-${run_id}-0`, { exact: true })).toBeVisible();
  expect((await gone)[1]).toBe("SIGKILL");
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});
