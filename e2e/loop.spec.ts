import { expect, test } from "@playwright/test";
import { apiClient } from "./api-client";
import { startServer, type TestServer } from "./server";

let server: TestServer;

test.beforeAll(async () => {
  server = await startServer({ AIDEATOR_GIT_AUTHOR: "Ada Lovelace <ada@example.com>" });
});

test.afterAll(() => server.dispose());

test("a newcomer sees three agents work after two clicks, compares them and selects A", async ({ page }) => {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  const foreign: string[] = [];
  page.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    if (/^(http|ws)s?:$/.test(protocol) && host !== `127.0.0.1:${server.port}`) foreign.push(request.url());
  });

  await page.goto(server.url);
  await expect(page.getByText("The demo model answers")).toBeVisible();
  await page.getByRole("button", { name: "Use the sample repository" }).click();
  await page.getByRole("button", { name: /^Run/ }).click();

  await page.waitForURL(/\/runs\/[a-z0-9]{12,24}$/);
  for (const letter of ["A", "B", "C"]) {
    const pane = page.getByRole("region", { name: `Variation ${letter}` });
    await expect(pane).toContainText("demo model");
    await expect(pane).toContainText("running");
    // It streams: there is more text a little later.
    const before = (await pane.innerText()).length;
    await expect.poll(async () => (await pane.innerText()).length).toBeGreaterThan(before);
  }
  await expect(page.locator("[data-status]")).toHaveAttribute("data-status", "completed", { timeout: 90_000 });

  await page.getByRole("tab", { name: /Diff/ }).click();
  const added = page.getByRole("treeitem", { name: /order\.test\.js, added: changed by A/ });
  await added.click();
  const diff = page.getByRole("region", { name: "Diff of test/order.test.js" });
  await expect(diff.locator(".view-line").filter({ hasText: "test(" }).first()).toBeVisible({ timeout: 30_000 });
  await page.getByRole("treeitem", { name: /storage\.js, modified/ }).click();
  await expect(page.getByRole("region", { name: "Diff of src/storage.js" }).locator(".line-insert, .char-insert").first()).toBeVisible();

  await page.getByRole("button", { name: "Select A" }).click();
  const dialog = page.getByRole("dialog", { name: "Select A as the winner" });
  await dialog.getByRole("button", { name: "Smallest diff" }).click();
  await dialog.getByRole("textbox", { name: "Reason" }).fill("It reads best");
  await dialog.getByRole("button", { name: "Select A" }).click();
  await expect(dialog).toBeHidden();

  const land = page.getByRole("dialog", { name: "Land A" });
  await expect(land.getByRole("status", { name: "Landed" })).toContainText(/git fetch .*aideator\//);
  await land.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText(/^A: Kept as a branch in/)).toBeVisible();
  await expect(page.getByText("A is selected.")).toBeVisible();
  await expect(page.getByText("winner", { exact: true }).filter({ visible: true })).toHaveCount(1);

  const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const run = await apiClient(server.url).getRun(id);
  expect(run).toMatchObject({
    winning_variation_id: 0,
    selection: { reason: "Smallest diff. It reads best", branch: expect.stringMatching(/^aideator\//) },
  });

  await expect(page.getByText(`git fetch ${server.url}/git/runs/${id} winner`)).toBeVisible();

  await page.goto(server.url);
  await expect(page.getByRole("link", { name: /Keep the order/ })).toBeVisible();
  expect(foreign).toEqual([]);
  expect(problems).toEqual([]);
});

test("what is typed is kept, and a refusal stands at its field", async ({ page }) => {
  await page.goto(server.url);
  await page.getByRole("textbox", { name: "Prompt" }).fill("Change something");
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Prompt" })).toHaveValue("Change something");
  await page.getByRole("button", { name: /^Repository/ }).click();
  await page.getByPlaceholder("Search, or give a URL or an absolute path").fill("/etc");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /^Run/ }).click();
  await expect(page.getByRole("alert").filter({ hasText: "not inside a folder that this server may read" })).toBeVisible();
  await expect(page).toHaveURL(server.url);
  await expect(page.getByRole("textbox", { name: "Prompt" })).toHaveValue("Change something");
});
