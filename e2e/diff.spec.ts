import AxeBuilder from "@axe-core/playwright";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { openShop, type Shop } from "./shop";

let shop: Shop;
/** A run whose five variations are done. */
let run: string;

test.beforeAll(async () => {
  shop = await openShop();
  run = await shop.finished(["shop", "shop", "shop", "shop", "shop"]);
});

test.afterAll(() => shop.dispose());

const tree = (page: Page): Locator => page.getByRole("tree", { name: "Changed files" });
const row = (page: Page, name: RegExp): Locator => tree(page).getByRole("treeitem", { name });
const diffOf = (page: Page, path: string): Locator => page.getByRole("region", { name: `Diff of ${path}`, exact: true });
/** A line of the editor's text, as it is drawn. */
const line = (diff: Locator, text: string): Locator => diff.locator(".view-line").filter({ hasText: text }).first();

async function open(page: Page, query: string, id = run): Promise<void> {
  await page.goto(`${shop.server.url}/runs/${id}?tab=diff&${query}`);
}

async function expectAccessible(page: Page): Promise<void> {
  // What Monaco draws of its own text is not ours to colour.
  const { violations } = await new AxeBuilder({ page }).exclude(".monaco-diff-editor").analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
}

test("who made what of which file is seen in the tree, and the filter finds it", async ({ page }) => {
  await open(page, "right=a");
  await expect(row(page, /errors\.ts, modified: changed by A, B, C, D, E; all agree/)).toBeVisible();
  await expect(row(page, /README\.md, modified: changed by A, B; some agree/)).toBeVisible();
  await expect(row(page, /retry\.ts, modified: changed by A, B, C; conflict/)).toBeVisible();
  await expect(row(page, /table\.bin, the same on both sides: changed by D; only one/)).toBeVisible();

  // A lock file is nobody's work: it is folded away until it is asked for.
  await expect(row(page, /package-lock/)).toHaveCount(0);
  await row(page, /^Generated, 1 file/).click();
  await expect(row(page, /package-lock\.json, modified, generated/)).toBeVisible();

  await page.getByRole("button", { name: "conflict" }).click();
  await expect(row(page, /retry\.ts/)).toBeVisible();
  await expect(row(page, /errors\.ts/)).toHaveCount(0);
  await page.getByRole("button", { name: "conflict" }).click();

  await page.getByRole("searchbox", { name: "Filter files" }).fill("HTTP pol");
  await expect(tree(page).getByRole("treeitem")).toHaveCount(2);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await expect(line(diffOf(page, "src/http/policy.ts"), "RetryPolicy")).toBeVisible();
});

test("the tree is walked with the keyboard", async ({ page }) => {
  await open(page, "right=a");
  await expect(row(page, /^README\.md/)).toBeVisible();
  await page.getByRole("searchbox", { name: "Filter files" }).press("ArrowDown");
  await expect(row(page, /^README\.md/)).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(row(page, /^assets,/)).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await expect(row(page, /^assets,/)).toHaveAttribute("aria-expanded", "false");
  await expect(row(page, /logo\.png/)).toHaveCount(0);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect(row(page, /logo\.png/)).toBeFocused();
  // The beginning of a name goes there.
  await page.keyboard.type("pol");
  await expect(row(page, /policy\.ts/)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(diffOf(page, "src/http/policy.ts")).toBeVisible();
});

test("changes are gone through file by file, and any two sides compared", async ({ page }) => {
  await open(page, "right=a&file=src/http/policy.ts");
  await expect(line(diffOf(page, "src/http/policy.ts"), "RetryPolicy")).toBeVisible();
  await expect(page.getByText("1 of 1")).toBeVisible();
  await page.keyboard.press("n");
  const retry = diffOf(page, "src/http/retry.ts");
  await expect(line(retry, "defaultRetry")).toBeVisible();
  await expect(retry.getByText("1 of 3")).toBeVisible();
  await page.keyboard.press("]");
  await page.keyboard.press("F7");
  await expect(retry.getByText("3 of 3")).toBeVisible();
  await page.keyboard.press("p");
  await expect(retry.getByText("2 of 3")).toBeVisible();
  await page.keyboard.press("[");
  await page.keyboard.press("Shift+F7");
  // Backwards a file is entered at its end.
  await expect(diffOf(page, "src/http/policy.ts").getByText("1 of 1")).toBeVisible();

  await open(page, "left=a&right=b&file=src/http/retry.ts");
  await expect(line(retry, "process.env.RETRIES")).toBeVisible();
  await page.getByRole("button", { name: "Swap sides" }).click();
  await expect(page).toHaveURL(/left=b&right=a/);
  await expect(page.getByRole("radiogroup", { name: "Left side" }).getByRole("radio", { name: "variation B" })).toBeChecked();
  await page.keyboard.press("Shift+3");
  await expect(page).toHaveURL(/left=c/);
  await expect(line(retry, "BASE_DELAY_MS = 500")).toBeVisible();
});

test("a variation is seen as it was after each step", async ({ page }) => {
  await open(page, "right=a&file=src/http/retry.ts");
  const retry = diffOf(page, "src/http/retry.ts");
  await expect(line(retry, "policy === false")).toBeVisible();
  const state = page.getByRole("combobox", { name: "Right side: state of A" });
  await state.selectOption({ value: "a@1" });
  await expect(page).toHaveURL(/right=a%401/);
  await expect(line(retry, "defaultRetry")).toBeVisible();
  await expect(line(retry, "policy === false")).toHaveCount(0);
  // From there to the end of the turn: what the later steps did.
  await page.getByRole("button", { name: "Swap sides" }).click();
  await page.getByRole("radiogroup", { name: "Right side" }).getByRole("radio", { name: "variation A" }).click();
  await state.selectOption({ label: (await state.locator("option").allInnerTexts()).find((text) => text.startsWith("turn 1")) ?? "" });
  await expect(page).toHaveURL(/right=a%40turn-1.*left=a%401/);
  await expect(line(retry, "policy === false")).toBeVisible();
});

test("a link leads to the line, and a press on a line's number makes one", async ({ page }) => {
  await open(page, "left=base&right=b&file=src/http/retry.ts&line=14");
  const retry = diffOf(page, "src/http/retry.ts");
  // It is in the middle of what is folded away.
  await expect(line(retry, "delayBefore")).toBeVisible();
  await retry.locator(".editor.modified .line-numbers").filter({ hasText: /^5$/ }).click();
  await expect(page).toHaveURL(/line=5/);
  await page.reload();
  await expect(line(retry, "process.env.RETRIES")).toBeVisible();
  await row(page, /README\.md/).click();
  await expect(page).not.toHaveURL(/line=/);
});

test("what is no text, or more than lines can say, is said", async ({ page }) => {
  await open(page, "right=b&file=src/time/clock.ts");
  const clock = diffOf(page, "src/time/clock.ts");
  await expect(clock.getByRole("heading")).toHaveText(/src\/util\/time\.ts → src\/time\/clock\.ts.*renamed/);
  await expect(clock.getByText("Renamed from src/util/time.ts.")).toBeVisible();

  await open(page, "right=c&file=scripts/release.sh");
  await expect(diffOf(page, "scripts/release.sh").getByText("Made executable (mode 100644 → 100755).")).toBeVisible();
  await row(page, /guide\.md, deleted/).click();
  await expect(line(diffOf(page, "docs/guide.md"), "Read the code")).toBeVisible();

  await open(page, "right=d&file=data/table.bin");
  const table = diffOf(page, "data/table.bin");
  await expect(table.getByText("A binary file: there are no lines to compare.")).toBeVisible();
  await expect(table.getByText("12 B")).toBeVisible();
  const saved = page.waitForEvent("download");
  await table.getByRole("link", { name: "Download D" }).click();
  expect((await saved).suggestedFilename()).toBe("table.bin");
  await row(page, /start\.md/).click();
  await expect(page.getByText("A symbolic link: its text is where it points to.")).toBeVisible();
  await row(page, /empty\.ts/).click();
  await expect(page.getByText("The file is empty.")).toBeVisible();
  await row(page, /note\.txt/).click();
  await expect(page.getByText("No line break at the end of the file.")).toBeVisible();

  await open(page, "right=a&file=assets/logo.png");
  const logo = diffOf(page, "assets/logo.png");
  await expect(logo.getByRole("img", { name: "assets/logo.png, after" })).toBeVisible();
  await expect(logo.getByText("64 × 48")).toHaveCount(2);
  await logo.getByText("Onion skin").click();
  await logo.getByRole("slider", { name: "Opacity of before" }).fill("20");
  await expect(logo.getByRole("img", { name: "assets/logo.png, before" })).toHaveCSS("opacity", "0.2");

  await open(page, "right=e&file=data/big.csv");
  const big = diffOf(page, "data/big.csv");
  await expect(big.getByText(/This file is large/)).toBeVisible();
  await big.getByRole("button", { name: "Load it anyway" }).click();
  await expect(line(big, ",changed")).toBeVisible();
});

test("a file that is viewed stays so until it changes", async ({ page }) => {
  await open(page, "right=b&file=README.md");
  await expect(page.getByText("0/4 viewed")).toBeVisible();
  await page.getByRole("checkbox", { name: "Viewed" }).check();
  await expect(page.getByText("1/4 viewed")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("checkbox", { name: "Viewed" })).toBeChecked();
  await expect(row(page, /README\.md, modified, viewed/)).toBeVisible();
  // A made the same of it; of retry.ts it did not.
  await row(page, /retry\.ts/).click();
  await expect(diffOf(page, "src/http/retry.ts")).toBeVisible();
  await page.keyboard.press("v");
  await expect(page.getByText("2/4 viewed")).toBeVisible();
  await page.keyboard.press("1");
  await expect(page.getByText("1/5 viewed")).toBeVisible();
  await expect(page.getByRole("checkbox", { name: "Viewed" })).not.toBeChecked();
});

test("how it is shown is remembered", async ({ page }) => {
  await open(page, "right=a&file=src/http/retry.ts");
  await expect(line(diffOf(page, "src/http/retry.ts"), "defaultRetry")).toBeVisible();
  await expect(page.getByText("6 hidden lines").first()).toBeVisible();
  await page.getByRole("button", { name: "View: side by side" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Fold unchanged lines" }).click();
  await page.getByRole("menuitemradio", { name: "Inline" }).click();
  await page.reload();
  await expect(page.getByRole("button", { name: "View: inline" })).toBeVisible();
  await expect(line(diffOf(page, "src/http/retry.ts"), "isTransient")).toBeVisible();
  await expect(page.getByText("6 hidden lines")).toHaveCount(0);
});

test("while an agent works the diff grows under the reader's eyes and keeps its place", async ({ page }) => {
  const id = await shop.run(["growing"]);
  await open(page, "right=a&file=notes/growing.md", id);
  const growing = diffOf(page, "notes/growing.md");
  await expect(line(growing, "Line 1 of the growing file")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/A as of \d+s ago\. It is still working/)).toBeVisible();
  await growing.locator(".editor.modified .view-lines").click();
  await page.keyboard.press("Control+End");
  await expect(line(growing, "Line 160 of")).toBeVisible();
  await expect(line(growing, "Line one hundred and sixty of")).toBeVisible({ timeout: 30_000 });
  await expect(line(growing, "Line 1 of the growing file")).toHaveCount(0);
});

test("nothing to compare is no riddle", async ({ page }) => {
  const id = await shop.finished(["nothing", "shop"]);
  await open(page, "right=a", id);
  await expect(page.getByText("A changed nothing.")).toBeVisible();
  await open(page, "left=b&right=b", id);
  await expect(page.getByText("Both sides are B: choose another one.")).toBeVisible();
  await open(page, "right=b@99", id);
  await expect(page.getByText("There is no B, snapshot 99: choose another state.")).toBeVisible();
  await page.route("**/diff?*", (route) => route.abort());
  await open(page, "left=a@1&right=b", id);
  await open(page, "left=base&right=b", id);
  await expect(page.getByRole("alert").filter({ hasText: "The changes could not be loaded" })).toBeVisible();
  await page.unroute("**/diff?*");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(row(page, /clock\.ts, renamed|retry\.ts, modified/).first()).toBeVisible();
});

for (const colorScheme of ["dark", "light"] as const) {
  test(`it is accessible, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await open(page, "right=a&file=src/http/retry.ts");
    await expect(line(diffOf(page, "src/http/retry.ts"), "defaultRetry")).toBeVisible();
    await expectAccessible(page);
    await row(page, /logo\.png/).click();
    await expect(page.getByRole("img", { name: "assets/logo.png, after" })).toBeVisible();
    await expectAccessible(page);
  });
}

test("on a phone the files are a step of their own and both sides one column", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, "right=a&file=src/http/retry.ts");
  const retry = diffOf(page, "src/http/retry.ts");
  await expect(line(retry, "defaultRetry")).toBeVisible();
  await expect(retry.getByRole("heading")).toBeInViewport({ ratio: 1 });
  await page.getByRole("button", { name: /^View: inline/ }).click();
  await expect(page.getByRole("menuitemradio")).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Show the 15 files" }).click();
  await expect(retry).toBeHidden();
  await row(page, /policy\.ts/).click();
  await expect(line(diffOf(page, "src/http/policy.ts"), "RetryPolicy")).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
