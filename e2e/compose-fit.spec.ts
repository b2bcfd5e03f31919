import { readFileSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Locator, type Page, test } from "@playwright/test";
import type { RunChecksResponse } from "../lib/protocol/checks";
import type { ChangedCompositionResponse, CompositionResponse, HunksResponse } from "../lib/protocol/compositions";
import type { FitResponse } from "../lib/protocol/fits";
import { apiClient } from "./api-client";
import { type Cart, openCart } from "./cart";

/** A gives vouchers, B gives other ones with a cap and breaks a test of the base, C is left out. */
let cart: Cart;
let run: string;

test.beforeAll(async () => {
  cart = await openCart({ AIDEATOR_AUTO_CHECKS: "0" });
  ({ run } = await cart.finished(3));
});
test.afterAll(() => cart.dispose());
test.setTimeout(240_000);

const api = () => apiClient(cart.server.url);
const path = (number: number): string => `/runs/${run}/compositions/${number}`;
const fitOf = async (number: number): Promise<FitResponse> => (await api().call<FitResponse>("GET", `${path(number)}/fit`)).body;

/** A's vouchers beside B's rounding: the vouchers conflict, and a test of the base fails. */
async function compose(): Promise<CompositionResponse> {
  const { body: made } = await api().call<CompositionResponse>("POST", `/runs/${run}/compositions`, { from: 0 });
  const { body: hunks } = await api().call<HunksResponse>("GET", `${path(made.number)}/hunks`);
  const rows = hunks.files.find((file) => file.path === "src/cart.js")?.rows ?? [];
  const choices = [...rows].map((row, at) => {
    const cluster = row.clusters.find(({ variations }) => variations.includes(at === 0 ? 1 : 0));
    return { row: row.id, cluster: cluster?.id };
  });
  const files = [{ path: "src/cart.js", choices }];
  const { status, body } = await api().call<ChangedCompositionResponse>("PATCH", path(made.number), { version: 1, files });
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

/** The verdict of the tests on it, by its newest tree. */
async function tested(number: number): Promise<string | undefined> {
  const target = `composition-${number}`;
  await api().call("POST", `/runs/${run}/checks`, { targets: [target] });
  const result = async (): Promise<string | undefined> => {
    const { body } = await api().call<RunChecksResponse>("GET", `/runs/${run}/checks`);
    return body.runs.find((one) => one.target === target && one.kind === "test")?.status;
  };
  await expect.poll(result, { timeout: 60_000 }).toMatch(/^(passed|failed|error)$/);
  return result();
}

async function open(page: Page): Promise<void> {
  await page.goto(`${cart.server.url}/runs/${run}?tab=compose`);
}

async function ask(page: Page, wish: string): Promise<void> {
  await page.getByRole("button", { name: /^Ask an agent to fit it together/ }).click();
  await page.getByRole("textbox", { name: /Anything to add/ }).fill(wish);
  await page.getByRole("button", { name: "Ask the agent" }).click();
}

const section = (page: Page): Locator => page.getByRole("region", { name: "Fit it together" });
const transcript = (page: Page): Locator => page.getByRole("log", { name: "Transcript of the agent that fits it together" });
const box = (page: Page, file: string): Locator => page.getByRole("checkbox", { name: `Take ${file}`, exact: true });

async function expectAccessible(page: Page): Promise<void> {
  // What Monaco draws of its own text is not ours to colour.
  const { violations } = await new AxeBuilder({ page }).exclude(".monaco-editor").analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
}

test("an agent fits two variations together: it is told what does not fit, watched, and only what belongs to the seams is taken", async ({
  page,
}) => {
  const { number, tree, version } = await compose();
  expect(await tested(number)).toBe("failed");
  await open(page);
  await page.getByRole("button", { name: /^Ask an agent to fit it together/ }).click();
  await expect(page.getByRole("combobox", { name: "Model" })).toContainText("script cart (ABC)");
  await expectAccessible(page);
  await page.getByRole("textbox", { name: /Anything to add/ }).fill("Keep the cap. take your time");
  await page.getByRole("button", { name: "Ask the agent" }).click();

  await expect(transcript(page)).toContainText("thinking 3");
  await expect(section(page)).toContainText("running");
  await expect(section(page)).toContainText("read src/cart.js");
  await expect(page.getByRole("button", { name: "Changes" })).toBeDisabled();
  await page.getByRole("button", { name: "Told" }).click();
  const told = page.getByLabel("What the agent was told");
  for (const text of ["Give the cart vouchers, with tests", "B src/cart.js:3", "Left out, from B", "Keep the cap.", "1.23 !== 1.24"]) {
    await expect(told).toContainText(text);
  }
  await expectAccessible(page);

  await page.getByRole("button", { name: "Changes", disabled: false }).click({ timeout: 30_000 });
  await expect(box(page, "src/cart.js")).toBeChecked({ timeout: 30_000 });
  await expect(box(page, "README.md")).not.toBeChecked();
  await expect(page.getByRole("list", { name: "Outside the seams" })).toContainText("docs/vouchers.md");
  await expect(page.getByRole("region", { name: "Fitted together" })).toContainText("Math.round");
  await expectAccessible(page);
  // Nothing of it is in the composition before somebody says so.
  expect((await api().call<CompositionResponse>("GET", path(number))).body.tree).toBe(tree);

  await page.getByRole("button", { name: "Take 1 file" }).click();
  await expect(page.getByRole("list", { name: "Lines by origin" })).toContainText("by an agent");
  await expect(section(page)).toContainText("Taken: what script cart changed in 1 file");
  const { body: taken } = await api().call<CompositionResponse>("GET", path(number));
  expect(taken).toMatchObject({ version: version + 1, agent_lines: 2, totals: { files: 2 } });
  expect(await tested(number)).toBe("passed");

  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect.poll(async () => (await api().call<CompositionResponse>("GET", path(number))).body.tree).toBe(tree);
  await page.getByRole("button", { name: /^Redo/ }).click();
  await expect.poll(async () => (await api().call<CompositionResponse>("GET", path(number))).body.tree).toBe(taken.tree);
  await expect(page.getByRole("list", { name: "Lines by origin" })).toContainText("by an agent");
});

test("what a person writes meanwhile stays, and what the agent did besides is taken only when it is ticked", async ({ page }) => {
  const { number, version } = await compose();
  await open(page);
  await ask(page, "take your time");
  await expect(transcript(page)).toContainText("thinking 3");
  const file = `${path(number)}/file?path=${encodeURIComponent("src/cart.js")}`;
  const { body: now } = await api().call<{ text: string }>("GET", file);
  const text = now.text.replace('"EUR";', '"EUR"; // mine');
  await api().call("PATCH", path(number), { version, files: [{ path: "src/cart.js", text }] });

  await page.getByRole("button", { name: "Changes", disabled: false }).click({ timeout: 30_000 });
  await expect(page.getByText(/The composition was changed while the agent worked/)).toBeVisible();
  await expect(page.getByRole("list", { name: "At the seams" })).toContainText("merged with yours");
  await box(page, "docs/vouchers.md").check();
  await page.getByRole("button", { name: "Take 2 files" }).click();
  await expect(section(page).getByRole("button", { name: "docs/vouchers.md" })).toBeVisible();
  const { body: both } = await api().call<{ text: string; origins: object[] }>("GET", file);
  expect(both.text).toContain("// mine");
  expect(both.text).toContain("Math.round");
  expect(both.origins).toContainEqual({ start: 11, end: 11, variations: [] });
  await expectAccessible(page);
});

test("a server that is killed goes on with it; one whose agent is gone says so; it can be stopped and left", async ({ page }) => {
  const { number } = await compose();
  await open(page);
  await ask(page, "take your time");
  await expect(transcript(page)).toContainText("thinking 3");
  await cart.server.kill("SIGKILL");
  await cart.server.restart();
  await expect(page.getByRole("button", { name: "Changes", disabled: false })).toBeVisible({ timeout: 60_000 });
  const fit = await fitOf(number);
  expect(fit).toMatchObject({ state: "completed", decision: null, result: { moved_on: false } });
  const events = (await api().events(run)).filter(({ variation }) => variation === fit.fit);
  expect(events.filter(({ event }) => event.type === "variation.reattached")).toHaveLength(1);
  await page.getByRole("button", { name: "Changes", disabled: false }).click();
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(section(page)).toContainText("Discarded");

  await ask(page, "never end");
  await expect(transcript(page)).toContainText("thinking 3");
  await cart.server.kill("SIGKILL");
  const attempt = join(cart.server.dataDir, "attempts", `agent-${run}-${fit.fit + 1}`);
  process.kill((JSON.parse(readFileSync(join(attempt, "shim.json"), "utf8")) as { shim: { pid: number } }).shim.pid, "SIGKILL");
  await cart.server.restart();
  await expect(section(page)).toContainText("lost", { timeout: 60_000 });
  await expect(section(page)).toContainText("is gone, and the agent with it");
  await section(page).getByRole("button", { name: "Dismiss" }).click();

  await ask(page, "never end");
  await expect(transcript(page)).toContainText("thinking 3");
  await section(page).getByRole("button", { name: "Stop the agent" }).click();
  await expect(section(page)).toContainText("cancelled");
  expect((await api().getRun(run)).status).toBe("completed");
});

test("it fits a phone", async ({ page }) => {
  await compose();
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page);
  await ask(page, "Be quick.");
  await page.getByRole("button", { name: "Changes", disabled: false }).click({ timeout: 30_000 });
  await expect(box(page, "src/cart.js")).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await expectAccessible(page);
});
