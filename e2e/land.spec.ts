import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { openShop, type Shop } from "./shop";

let shop: Shop;
let run: string;
let folder: string;

test.beforeAll(async () => {
  shop = await openShop();
  folder = mkdtempSync(join(tmpdir(), "aid-land-"));
  run = await shop.finished(["shop", "shop", "broken", "nothing"]);
});

test.afterAll(async () => {
  await shop.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const dialog = (page: Page, name: string): Locator => page.getByRole("dialog", { name });
const way = (of: Locator, name: string): Locator => of.getByRole("radio", { name: new RegExp(`^${name}`) });

const candidate = (of: Locator, letter: string): Locator =>
  of.getByRole("radiogroup", { name: "Winner" }).getByRole("radio", { name: new RegExp(`^${letter} `) });

async function openRun(page: Page): Promise<void> {
  await page.goto(`${shop.server.url}/runs/${run}?tab=diff`);
}

/** Opens the dialog that selects a variation: again, where the button was pressed before the page was alive. */
async function openSelect(page: Page, letter: string): Promise<Locator> {
  const select = dialog(page, `Select ${letter} as the winner`);
  // The winner of an earlier test says "Selected"; what follows is the same.
  const button = page.getByRole("button", { name: new RegExp(`^Select(ed:)? ${letter}$`) });
  await expect(async () => {
    if (!(await select.isVisible())) await button.click({ timeout: 2_000 });
    await expect(select).toBeVisible({ timeout: 3_000 });
  }).toPass();
  return select;
}

/** Selects a variation and goes on to landing it that way. */
async function selectAndLand(page: Page, letter: string, how: string): Promise<Locator> {
  const select = await openSelect(page, letter);
  await way(select, how).check();
  await select.getByRole("button", { name: `Select ${letter}` }).click();
  const land = dialog(page, `Land ${letter}`);
  await expect(way(land, how)).toBeChecked();
  return land;
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include('[role="dialog"]').analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
}

test("what speaks against a winner is said, and it can be selected anyway", async ({ page }) => {
  await openRun(page);
  const failed = await openSelect(page, "C");
  await expect(failed.getByText("C failed.")).toBeVisible();
  await expect(failed.getByRole("button", { name: "Select C anyway" })).toBeEnabled();
  // In the same dialog one may think again.
  await candidate(failed, "D").check();
  const nothing = dialog(page, "Select D as the winner");
  await expect(nothing.getByText("D changed nothing.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(nothing).toBeHidden();
});

test("the first variation is kept as a branch, with the reason, and the winner can be changed", async ({ page }) => {
  await openRun(page);
  const select = await openSelect(page, "A");
  await select.getByRole("button", { name: "Cleanest API" }).click();
  await select.getByRole("textbox", { name: "Reason" }).fill("The policy is an object");
  await select.getByRole("button", { name: "Select A" }).click();
  // A branch is what is kept anyway: it is there without another question.
  const land = dialog(page, "Land A");
  const landed = land.getByRole("status", { name: "Landed" });
  const command = (await landed.locator("code").filter({ hasText: "git fetch" }).innerText()).trim();
  await land.getByRole("button", { name: "Done" }).click();
  // The command that is shown does what it says, in any clone.
  const clone = join(folder, "clone");
  execFileSync("git", ["-c", "safe.directory=*", "clone", "-q", shop.path, clone]);
  execFileSync("sh", ["-c", command], { cwd: clone });
  const branch = command.split(":").at(-1) ?? "";
  expect(execFileSync("git", ["show", `${branch}:src/http/policy.ts`], { cwd: clone, encoding: "utf8" })).toContain("RetryPolicy");

  await expect(page.getByText("A is selected.")).toBeVisible();
  const other = await openSelect(page, "B");
  await expect(other.getByText("A is the winner so far.")).toBeVisible();
  await other.getByRole("button", { name: "Select B" }).click();
  await expect(dialog(page, "Land B").getByRole("status", { name: "Landed" })).toBeVisible();
  await dialog(page, "Land B").getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("B is selected.")).toBeVisible();
});

test("a patch is one commit that git am takes", async ({ page }) => {
  await openRun(page);
  const land = await selectAndLand(page, "A", "Download");
  await expect(land.getByText("git am --3way path/to/the.patch")).toBeVisible();
  const saved = page.waitForEvent("download");
  await land.getByRole("link", { name: /^Patch/ }).click();
  const path = join(folder, "work.patch");
  await (await saved).saveAs(path);
  const clone = join(folder, "am");
  execFileSync("git", ["-c", "safe.directory=*", "clone", "-q", shop.path, clone]);
  const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"];
  execFileSync("git", [...identity, "am", "-q", "--3way", path], { cwd: clone });
  expect(execFileSync("git", ["log", "-1", "--format=%an"], { cwd: clone, encoding: "utf8" }).trim()).toBe("Ada Lovelace");
});

test("a branch is pushed to the origin of the checkout", async ({ page }) => {
  // Beside the checkout: only repositories in allowed folders are pushed to.
  const origin = join(shop.path, "..", "origin.git");
  shop.git("clone", "-q", "--bare", shop.path, origin);
  shop.git("remote", "add", "origin", origin);
  await openRun(page);
  const land = await selectAndLand(page, "A", "Push a branch");
  await land.getByRole("textbox", { name: "Branch" }).fill("retry/policy");
  await land.getByRole("textbox", { name: "Branch" }).blur();
  await expect(land.getByText(/on branch retry\/policy, pushed to/)).toBeVisible();
  await land.getByRole("button", { name: "Land A" }).click();
  await expect(land.getByRole("status", { name: "Landed" })).toContainText("retry/policy");
  expect(shop.git("--git-dir", origin, "show", "retry/policy:src/http/policy.ts")).toContain("RetryPolicy");
});

test("a checkout that has moved on is merged with, and that is said before", async ({ page }) => {
  shop.write("NEWS.md", "# News\n");
  shop.git("add", "-A");
  shop.git("commit", "-qm", "Tell the news");
  await openRun(page);
  const land = await selectAndLand(page, "A", "Apply to the checkout");
  await expect(land.getByText(/The checkout has moved on by 1 commit since the run began: the work is merged/)).toBeVisible();
  await land.getByText(/The base has moved/).click();
  await expect(land.getByText("Tell the news")).toBeVisible();
  await expectAccessible(page);
  await land.getByRole("button", { name: "Merge and land A" }).click();
  await expect(land.getByRole("status", { name: "Landed" })).toContainText("To take it back");
  expect(shop.git("show", "HEAD:NEWS.md")).toBe("# News");
  expect(shop.git("show", "HEAD:src/http/policy.ts")).toContain("RetryPolicy");
  // Once more there is nothing to do, and that is said as well.
  await land.getByRole("button", { name: "Land elsewhere" }).click();
  await expect(land.getByText(/is there already/)).toBeVisible();
  await land.getByText(/landings? before$/).click();
  await expect(land.getByRole("listitem").filter({ hasText: /^A: Applied to .*, branch main/ })).toBeVisible();
  await expect(land.getByRole("button", { name: /^(Merge and l|L)and A$/ })).toBeDisabled();
});

test("what conflicts is shown line by line, and uncommitted work is never written over", async ({ page }) => {
  shop.write("src/http/retry.ts", "export const retries = 7;\n");
  shop.git("add", "-A");
  shop.git("commit", "-qm", "Simplify");
  await openRun(page);
  const land = await selectAndLand(page, "B", "Apply to the checkout");
  await expect(land.getByText(/both sides changed the same lines/)).toBeVisible();
  await expect(
    land.getByText("Land as a new branch on the run’s base and merge it yourself, or run again on the new commit."),
  ).toBeVisible();
  await expect(land.getByRole("button", { name: /Land B|land B/ })).toBeDisabled();
  shop.write("README.md", "mine\n");
  await land.getByRole("radio", { name: /On a new branch/ }).check();
  await expect(land.getByText(/has changes that are not committed/)).toBeVisible();
  shop.git("checkout", "-q", "README.md");
  await land.getByRole("button", { name: "Look again" }).click();
  await land.getByRole("button", { name: "Land B" }).click();
  await expect(land.getByRole("status", { name: "Landed" })).toBeVisible();
  expect(shop.git("log", "-1", "--format=%an")).toBe("Ada Lovelace");
  expect(shop.git("show", "HEAD:src/time/clock.ts")).toContain("milliseconds");
  shop.git("switch", "-q", "main");
});

for (const [colorScheme, width] of [
  ["dark", 1_440],
  ["light", 390],
] as const) {
  test(`both dialogs are accessible, ${colorScheme}, ${width} px`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width, height: 844 });
    await openRun(page);
    const select = await openSelect(page, "C");
    await expect(select.getByText("C failed.")).toBeVisible();
    await expectAccessible(page);
    await candidate(select, "A").check();
    await dialog(page, "Select A as the winner").getByRole("button", { name: "Select A" }).click();
    await expect(dialog(page, "Land A").getByRole("status", { name: "Landed" })).toBeVisible();
    await expectAccessible(page);
    await dialog(page, "Land A").getByRole("button", { name: "Land elsewhere" }).click();
    await expect(dialog(page, "Land A").getByText(/A commit \(/)).toBeVisible();
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
}
