import AxeBuilder from "@axe-core/playwright";
import { expect, type Locator, type Page, test } from "@playwright/test";
import type { RunChecksResponse } from "../lib/protocol/checks";
import type { CompositionResponse } from "../lib/protocol/compositions";
import { apiClient } from "./api-client";
import { type Cart, openCart } from "./cart";

/** A passes all, B breaks a test of the base, C gave the new function another name and has worse style. */
let cart: Cart;
let run: string;
let projectId: string;
/** A dozen commands in sandboxes, on a machine that has other things to do. */
const CHECKED_MS = 240_000;

test.beforeAll(async () => {
  test.setTimeout(CHECKED_MS + 60_000);
  cart = await openCart();
  ({ run, projectId } = await cart.finished(3));
  // They run by themselves.
  const done = async (): Promise<boolean> => {
    const runs = await checks();
    return runs.length >= 12 && runs.every(({ status }) => status !== "queued" && status !== "running");
  };
  await expect.poll(done, { timeout: CHECKED_MS }).toBe(true);
});

test.afterAll(() => cart.dispose());

async function checks(): Promise<RunChecksResponse["runs"]> {
  return (await apiClient(cart.server.url).call<RunChecksResponse>("GET", `/runs/${run}/checks`)).body.runs;
}
const gates = (page: Page): Locator => page.getByRole("grid", { name: "Gates" });
const matrix = (page: Page): Locator => page.getByRole("grid", { name: /^Cross-tests/ });
/** A cell that opens. */
const cell = (within: Locator, name: RegExp): Locator => within.getByRole("button", { name });

async function open(page: Page): Promise<void> {
  await page.goto(`${cart.server.url}/runs/${run}?tab=checks`);
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
}

test("each variation is checked when it ends, and the one that breaks a test of the base is found", async ({ page }) => {
  await open(page);
  await expect(page.getByRole("button", { name: "Run all again" })).toBeVisible();
  const table = gates(page);
  await expect(cell(table, /^base, Tests, base’s suite: passed, 3 of 3 pass/)).toBeVisible();
  await expect(cell(table, /^A, Tests, base’s suite: passed, 3 tests of the base pass$/)).toBeVisible();
  await expect(cell(table, /^C, Tests, base’s suite: passed/)).toBeVisible();
  await expect(cell(table, /^A, Tests, its own new ones: 2 new tests pass/)).toBeVisible();
  await expect(cell(table, /^C, Lint: 1 error, 1 worse than the base/)).toBeVisible();
  await expect(table.getByRole("gridcell", { name: /^base, Diff size: nothing to compare/ })).toBeVisible();

  await cell(table, /^B, Tests, base’s suite: worse than the base, 2 tests of the base pass; 1 broke/).click();
  const detail = page.getByRole("region", { name: "Tests of B" });
  await expect(detail.getByText("Fail here, passed on the base 1")).toBeVisible();
  await expect(detail.getByRole("paragraph").filter({ hasText: "rounds to the nearest cent" })).toBeVisible();
  await expect(detail.getByRole("group", { name: "What it said" }).getByText("1.23 !== 1.24")).toBeVisible();
  await detail.getByText("New, and pass 3").click();
  await expect(detail.getByRole("paragraph").filter({ hasText: "a voucher takes ten at most" })).toBeVisible();
  await detail.getByRole("button", { name: /^All of it/ }).click();
  await expect(detail.getByRole("group", { name: "Text of the output" })).toContainText("node --test");
  await expectAccessible(page);

  await detail.getByRole("link", { name: "Open in Diff" }).click();
  await expect(page.getByRole("tree", { name: "Changed files" })).toBeVisible();
  await expect(page).toHaveURL(/tab=diff.*right=b/);
  await page.goBack();
  await expect(gates(page)).toBeVisible();
});

test("the strip has the gates as ticks, and selecting says what breaks", async ({ page }) => {
  await open(page);
  const strip = page.getByRole("list", { name: "Scoreboard" });
  await expect(strip.getByRole("img", { name: "Checks of A: tests passed, lint passed, secrets passed" })).toBeVisible();
  await expect(strip.getByRole("img", { name: "Checks of B: tests failed, lint passed, secrets passed" })).toBeVisible();
  await strip.getByRole("button", { name: "Select B" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("B breaks a test that passes on the base.")).toBeVisible();
  await expect(dialog.getByText(/rounds to the nearest cent \(test\/cart\.test\.js\)/)).toBeVisible();
  await expect(dialog.getByRole("button", { name: /^Select B anyway/ })).toBeVisible();
  await dialog.getByRole("radio").first().check();
  await expect(dialog.getByText("breaks a test")).toHaveCount(0);
});

test("everybody's tests on everybody's code: what fails, and what cannot be loaded", async ({ page }) => {
  test.setTimeout(CHECKED_MS + 60_000);
  await open(page);
  await page.getByRole("button", { name: "Run cross-tests", exact: true }).click();
  await expect(page.getByRole("button", { name: "Run cross-tests again" })).toBeEnabled({ timeout: CHECKED_MS });
  const table = matrix(page);
  await expect(cell(table, /^A’s tests on B’s code: 2 of 2 pass/)).toBeVisible();
  await expect(cell(table, /^C’s tests on A’s code: no API/)).toBeVisible();
  await expect(cell(table, /^A’s tests on the base’s code: no API/)).toBeVisible();
  await cell(table, /^B’s tests on A’s code: fails, 2 of 3 pass/).click();
  const detail = page.getByRole("region", { name: "Tests of B on code of A" });
  await expect(detail.getByText("a voucher takes ten at most").first()).toBeVisible();
  await expect(detail.getByText("450 !== 490").first()).toBeVisible();
  await expectAccessible(page);
});

test("the tables are walked with the keyboard", async ({ page }) => {
  await page.goto(`${cart.server.url}/runs/${run}`);
  await expect(page.getByRole("tab", { name: "Live" })).toBeVisible();
  const first = cell(gates(page), /^base, Lint/);
  // A key that is pressed before the page is alive is for nobody.
  await expect(async () => {
    await page.keyboard.press("q");
    await expect(first).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await first.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect(cell(gates(page), /^B, Tests, base’s suite/)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Tests of B" })).toBeVisible();
  await page.keyboard.press("End");
  await expect(cell(gates(page), /^C, Tests, base’s suite/)).toBeFocused();
  await page.keyboard.press("Control+Home");
  await expect(first).toBeFocused();
});

test("a check is run again, alone", async ({ page }) => {
  test.setTimeout(CHECKED_MS);
  await open(page);
  await cell(gates(page), /^C, Lint/).click();
  const before = await checks();
  await page.getByRole("button", { name: "Run Lint of C again" }).click();
  await expect
    .poll(
      async () =>
        (await checks())
          .filter(({ id, status }) => status === "failed" && !before.some((one) => one.id === id))
          .map(({ target }) => target),
      { timeout: CHECKED_MS },
    )
    .toEqual(["c"]);
  await expect(cell(gates(page), /^C, Lint: 1 error, 1 worse than the base/)).toBeVisible();
});

test("compositions stand beside the variations, and say when they moved on", async ({ page }) => {
  test.setTimeout(CHECKED_MS * 2);
  const api = apiClient(cart.server.url);
  const composed = await api.call<CompositionResponse>("POST", `/runs/${run}/compositions`, { from: 1 });
  expect(composed.status).toBe(201);
  const { number } = composed.body;
  const name = `Composition ${number}`;
  await open(page);
  await expect(gates(page).getByRole("columnheader", { name })).toBeVisible();
  await expect(gates(page).getByRole("gridcell", { name: `${name}, Lint: not run` })).toBeVisible();
  await page.getByRole("button", { name: "Run what changed" }).click();
  const broken = cell(gates(page), new RegExp(`^${name}, Tests, base’s suite: worse than the base, 2 tests of the base pass; 1 broke$`));
  await expect(broken).toBeVisible({ timeout: CHECKED_MS });
  await broken.click();
  await expect(page.getByRole("region", { name: `Tests of ${name}` }).getByText("Fail here, passed on the base 1")).toBeVisible();
  await expectAccessible(page);

  // Before it is selected it says what it breaks.
  await page.goto(`${cart.server.url}/runs/${run}?tab=compose`);
  const panel = page.getByRole("region", { name: "Checks of the composition" });
  await expect(panel.getByText(`${name} breaks a test that passes on the base.`)).toBeVisible();
  await expect(page.getByRole("button", { name: "Select this composition anyway" })).toBeVisible();

  const files = [
    { path: "src/cart.js", take: "a" },
    { path: "test/voucher.test.js", take: "a" },
  ];
  expect((await api.call("PATCH", `/runs/${run}/compositions/${number}`, { version: 1, files })).status).toBe(200);
  await expect(panel.getByText("of an older state")).toBeVisible();
  await panel.getByRole("button", { name: "Run again" }).click();
  await expect(panel.getByRole("img", { name: `Checks of ${name}: tests passed, lint passed, secrets passed` })).toBeVisible({
    timeout: CHECKED_MS,
  });
  await page.getByRole("button", { name: "Select this composition" }).click();
  await expect(page.getByRole("dialog").getByRole("heading", { name: `Land ${name}` })).toBeVisible();
  await page.keyboard.press("Escape");
  const strip = page.getByRole("list", { name: "Scoreboard" });
  await expect(strip.getByRole("button", { name: `Selected: ${name}` })).toBeVisible();
  await strip.getByRole("button", { name: "Select B" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("radio", { name: new RegExp(name) }).check();
  await expect(dialog.getByRole("button", { name: `Select ${name}` })).toBeVisible();
});

test("on a phone, in the light, everything is within reach", async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, colorScheme: "light" });
  const page = await context.newPage();
  await open(page);
  await expect(gates(page)).toBeVisible();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);
  await cell(gates(page), /^B, Tests, base’s suite/).click();
  const detail = page.getByRole("region", { name: "Tests of B" });
  await expect(detail.getByText("Fail here, passed on the base 1")).toBeInViewport();
  await expectAccessible(page);
  await context.close();
});

test("a project's checks are turned off, edited and added", async ({ page }) => {
  await page.goto(`${cart.server.url}/projects/${projectId}#checks`);
  const form = page.getByRole("form", { name: "Checks of this project" });
  await expect(form.getByRole("checkbox", { name: /^Tests npm run test from package\.json/ })).toBeChecked();
  await form.getByRole("button", { name: "Edit Lint" }).click();
  await expect(form.getByRole("checkbox", { name: /^Lint npm run lint/ })).not.toBeChecked();
  const own = form.getByRole("list", { name: "Own checks" }).getByRole("listitem");
  await own.first().getByLabel("Command").fill("node scripts/lint.js src");
  await form.getByRole("button", { name: "Add a check" }).click();
  await own.nth(1).getByLabel("Name").fill("lint");
  await form.getByLabel("Minutes that one check may take").fill("0");
  await form.getByRole("button", { name: "Save checks" }).click();
  await expect(own.nth(1).getByLabel("Name")).toHaveAccessibleDescription("Another one has this name.");
  await expect(own.nth(1).getByLabel("Command")).toHaveAccessibleDescription("Give a command.");
  await expect(form.getByLabel("Minutes that one check may take")).toHaveAccessibleDescription(/more than 0/);
  await expectAccessible(page);

  await own.nth(1).getByLabel("Name").fill("Types");
  await own.nth(1).getByLabel("Command").fill("node --check src/cart.js");
  await own.nth(1).getByLabel("Kind").selectOption("Types");
  await form.getByLabel("Minutes that one check may take").fill("5");
  await form.getByRole("button", { name: "Save checks" }).click();
  await expect(page.getByText("Checks saved")).toBeVisible();
  await page.reload();
  await expect(own.nth(1).getByLabel("Command")).toHaveValue("node --check src/cart.js");
  await own.nth(1).getByRole("checkbox", { name: "Run Types" }).uncheck();
  await form.getByRole("button", { name: "Save checks" }).click();
  await expect(page.getByText("Checks saved")).toBeVisible();
  await page.reload();
  await expect(own.nth(1).getByRole("checkbox", { name: "Run Types" })).not.toBeChecked();
  await expect(form.getByLabel("Minutes that one check may take")).toHaveValue("5");
});
