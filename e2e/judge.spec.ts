import AxeBuilder from "@axe-core/playwright";
import { expect, type Locator, type Page, test } from "@playwright/test";
import type { RunReviewsResponse } from "../lib/protocol/judge";
import { apiClient } from "./api-client";
import { type Cart, openCart } from "./cart";

let cart: Cart;
let run: string;

test.beforeAll(async () => {
  cart = await openCart();
  ({ run } = await cart.finished(3));
});

test.afterAll(() => cart.dispose());

const judge = (page: Page): Locator => page.getByRole("complementary", { name: "Judge" });
const reviews = async (): Promise<RunReviewsResponse> =>
  (await apiClient(cart.server.url).call<RunReviewsResponse>("GET", `/runs/${run}/judge`)).body;

async function openChecks(page: Page): Promise<Locator> {
  await page.goto(`${cart.server.url}/runs/${run}?tab=checks`);
  const panel = judge(page);
  await expect(panel.getByRole("heading", { name: "Judge" })).toBeVisible();
  return panel;
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include("aside").analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
}

test("what breaks the base's tests is left out before any model is asked, and contestants judge only when forced", async ({ page }) => {
  const panel = await openChecks(page);
  const gates = panel.getByRole("list", { name: "Before any model is asked" });
  await expect(gates).toContainText("breaks 1 test of the base", { timeout: 90_000 });
  await expect(gates.getByText("checks are not finished")).toHaveCount(0, { timeout: 90_000 });
  const model = panel.getByRole("combobox", { name: "Model" });
  await expect(model.getByRole("option", { name: /demo/ })).toHaveCount(0);
  await model.selectOption("script:cart");
  const ask = panel.getByRole("button", { name: "Ask the judge" });
  await expect(ask).toBeDisabled();
  await panel.getByRole("checkbox", { name: /Ask it anyway/ }).check();
  await expect(ask).toBeEnabled();
  await model.selectOption("script:judge");
  await expect(panel.getByText("Free: a script plays the judge.")).toBeVisible();
  await expectAccessible(page);
});

test("the rubric of the project can be changed, and set back", async ({ page }) => {
  const panel = await openChecks(page);
  await panel.getByRole("button", { name: "Edit rubric" }).click();
  const form = panel.getByRole("form", { name: "Rubric" });
  await form.getByRole("textbox", { name: "Name of criterion 1" }).fill("Does the task");
  await form.getByRole("combobox", { name: "Weight of criterion 1" }).selectOption("3");
  await form.getByRole("button", { name: "Save rubric" }).click();
  await expect(panel.getByRole("region", { name: "Rubric" }).getByRole("listitem").first()).toHaveText("Does the taskweight ×3");
  await page.reload();
  await expect(panel.getByText("Does the task")).toBeVisible();
  await panel.getByRole("button", { name: "Edit rubric" }).click();
  await form.getByRole("button", { name: "Default" }).click();
  await form.getByRole("button", { name: "Save rubric" }).click();
  await expect(panel.getByText("Does what was asked")).toBeVisible();
});

test("a review comes sample by sample, says where samples disagree, and its claims lead into the diff", async ({ page }) => {
  const panel = await openChecks(page);
  await panel.getByRole("combobox", { name: "Model" }).selectOption("script:judge");
  await panel.getByRole("button", { name: "Ask the judge" }).click();
  await expect(panel.getByText(/^[0-2] of 3 samples in…$/)).toBeVisible();
  await expect(panel.getByRole("button", { name: "Stop judge" })).toBeVisible();
  await expect(panel.getByText(/Prefers\s*A\s*in 2 of 3 samples/)).toBeVisible();
  await expect(panel.getByRole("list", { name: "Samples" }).getByRole("listitem")).toHaveText([/sample 1/, /sample 2/, /abstained/]);
  await expect(panel.getByText(/B left out: breaks 1 test of the base/)).toBeVisible();
  await expect(panel.getByText("script judge, not a contestant")).toBeVisible();
  const apart = panel.getByRole("region", { name: "Where the samples disagree" });
  await expect(apart).toContainText("A in samples 1 and 2; abstained in sample 3");
  // Neutral labels are letters again.
  await expect(apart).toContainText("A and C meet the prompt equally");
  await panel.getByText("2 claims do not count").click();
  await expect(panel.getByText("this line is not in the diff")).toBeVisible();
  await expect(panel.getByText("this diff has no such file")).toBeVisible();
  await expect(panel.getByText("Advice only: nothing is selected by it.")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("region", { name: "For A" }).getByRole("link", { name: "test/voucher.test.js:5" }).click();
  await expect(page).toHaveURL(/tab=diff.*file=test%2Fvoucher.test.js.*line=5/);

  const [review] = (await reviews()).reviews;
  expect(review).toMatchObject({ status: "finished", advice: { preferred: 0 }, usage: { dollars: 0 } });
  expect(review?.orders.map((order) => [...order].sort())).toEqual(Array(3).fill([0, 2]));
  // Nobody is read first in all samples.
  expect(new Set(review?.orders.map(([first]) => first)).size).toBe(2);
  const selected = (await apiClient(cart.server.url).events(run)).filter(({ event }) => event.type === "selection.made");
  expect(selected).toEqual([]);
});

test("on a phone it stands below the gates and fits; a judge that takes its time can be stopped", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const panel = await openChecks(page);
  await panel.getByRole("button", { name: "Ask again…" }).click();
  await panel.getByRole("combobox", { name: "Model" }).selectOption("script:slow-judge");
  await panel.getByRole("combobox", { name: "Samples" }).selectOption("1");
  await panel.getByRole("button", { name: "Ask the judge" }).click();
  await panel.getByRole("button", { name: "Stop judge" }).click();
  await expect(panel.getByText("The judge gave no advice")).toBeVisible();
  await expect(panel.getByText("It was stopped.")).toBeVisible();
  const { width } = (await panel.boundingBox()) ?? { width: 0 };
  expect(width).toBeLessThanOrEqual(390);
  await panel.getByRole("combobox", { name: "Review" }).selectOption({ index: 1 });
  await expect(panel.getByText(/Prefers\s*A\s*in 2 of 3 samples/)).toBeVisible();
  await expectAccessible(page);
});

test("a killed server says that the judge was interrupted", async ({ page }) => {
  const { call } = apiClient(cart.server.url);
  expect((await call("POST", `/runs/${run}/judge`, { model: "script:slow-judge", samples: 1 })).status).toBe(202);
  expect((await call("POST", `/runs/${run}/judge`, { model: "script:judge" })).status).toBe(409);
  await cart.server.kill("SIGKILL");
  await cart.server.restart();
  expect((await reviews()).reviews[0]).toMatchObject({ status: "failed", failure: expect.stringContaining("Interrupted") });
  const panel = await openChecks(page);
  await expect(panel.getByText(/^Interrupted: the server was stopped/)).toBeVisible();
});
