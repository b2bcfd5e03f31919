import { execFileSync } from "node:child_process";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Locator, type Page, test } from "@playwright/test";
import type { FileMapResponse, MapResponse } from "../lib/protocol/map";
import { apiClient } from "./api-client";
import { openShop, type Shop } from "./shop";

let shop: Shop;
/** A run whose five variations agree in some places, differ in others, and in some exclude each other (`e2e/scripts/shop/agree.json`). */
let run: string;

test.beforeAll(async () => {
  shop = await openShop();
  run = await shop.finished(["agree", "agree", "agree", "agree", "agree"]);
});

test.afterAll(() => shop.dispose());

const tree = (page: Page): Locator => page.getByRole("tree", { name: "Changed files" });
const row = (page: Page, name: RegExp): Locator => tree(page).getByRole("treeitem", { name });
const panel = (page: Page): Locator => page.getByRole("complementary", { name: "Hunk map" });
const hunks = (page: Page, path: string): Locator => page.getByRole("grid", { name: `Hunks of ${path}` });
const cell = (page: Page, path: string, name: RegExp): Locator => hunks(page, path).getByRole("button", { name });
const diffOf = (page: Page, path: string): Locator => page.getByRole("region", { name: `Diff of ${path}`, exact: true });
/** A line of one side of the editor, as it is drawn. */
const line = (diff: Locator, text: string, side: "original" | "modified" = "modified"): Locator =>
  diff.locator(`.editor.${side} .view-line`).filter({ hasText: text }).first();
const right = (page: Page): Locator => page.getByRole("radiogroup", { name: "Right side" });

const RETRY = "src/http/retry.ts";

async function open(page: Page, query: string): Promise<void> {
  await page.goto(`${shop.server.url}/runs/${run}?tab=diff&${query}`);
}

async function expectAccessible(page: Page): Promise<void> {
  // What Monaco draws of its own text is not ours to colour.
  const { violations } = await new AxeBuilder({ page }).exclude(".monaco-diff-editor").analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
}

test("what the map says is what git says", async () => {
  const api = apiClient(shop.server.url);
  const { body: map } = await api.call<MapResponse>("GET", `/runs/${run}/map`);
  shop.git("fetch", "-q", `${shop.server.url}/git/runs/${run}`, "+refs/heads/*:refs/run/*");
  const letters = ["a", "b", "c", "d", "e"];
  const blob = (letter: string, path: string): string => shop.git("ls-tree", "--object-only", letter, "--", path);
  for (const { path, paths, marks, mark } of map.files) {
    const own = letters.map((letter, at) => blob(`refs/run/${letter}`, paths[at] ?? path));
    const touched = own.map((id, at) => id !== blob("main", path) || paths[at] !== null);
    expect({ path, touched: marks.exact.map((one) => one !== "none") }).toEqual({ path, touched });
    expect({ path, all: mark.exact === "all" }).toEqual({ path, all: touched.every(Boolean) && new Set(own).size === 1 });
  }
  const named = new Set(
    letters.flatMap((letter) => shop.git("diff", "--name-only", "--no-renames", "main", `refs/run/${letter}`).split("\n")),
  );
  expect(new Set(map.files.flatMap(({ path, paths }) => [path, ...paths.filter((one) => one !== null)]))).toEqual(named);

  const { body: retry } = await api.call<FileMapResponse>("GET", `/runs/${run}/map/file?path=${RETRY}`);
  for (const { cells, places, clusters, text } of retry.rows) {
    for (const [at, letter] of letters.entries()) {
      const lines = execFileSync("git", ["show", `refs/run/${letter}:${RETRY}`], { cwd: shop.path, encoding: "utf8" }).split(/(?<=\n)/);
      const said = clusters.find(({ number }) => number === cells[at])?.text ?? text;
      expect(lines.slice(places[at]?.start, places[at]?.end).join("")).toBe(said);
    }
  }
  expect(await api.call("GET", `/runs/${run}/map/file?path=src/none.ts`)).toMatchObject({ status: 404 });
  expect(await api.call("GET", `/runs/${run}/map?sides=z`)).toMatchObject({ status: 422 });
  expect(await api.call("GET", "/runs/thereisnosuch/map")).toMatchObject({ status: 404 });
});

test("how far five agree is seen file by file, and what they agree on can be left out", async ({ page }) => {
  await open(page, "right=a");
  await expect(row(page, /errors\.ts, modified: changed by A, B, C, D, E; all agree/)).toBeVisible();
  await expect(row(page, /README\.md, modified: changed by A, B; some agree/)).toBeVisible();
  await expect(row(page, /policy\.ts, the same on both sides: changed by E; only one/)).toBeVisible();
  await expect(row(page, /client\.ts, modified: changed by A, B; conflict/)).toBeVisible();
  // Where C and A exclude each other D has its own, and all five agree elsewhere.
  await expect(
    row(page, /retry\.ts, modified: changed by A \(conflict\), B \(conflict\), C \(conflict\), D \(only one\), E \(all agree\); conflict/),
  ).toBeVisible();
  // Moved by one and edited by another, it is one file.
  await expect(row(page, /time\.ts, the same on both sides: changed by D, E; only one/)).toBeVisible();
  await expect(row(page, /clock\.ts/)).toHaveCount(0);

  await page.getByRole("checkbox", { name: "Only what diverges" }).check();
  await expect(row(page, /errors\.ts/)).toHaveCount(0);
  await expect(row(page, /retry\.ts/)).toBeVisible();
  await expect(page.getByText("6 of 7", { exact: true })).toBeVisible();
  await page.keyboard.press("o");
  await expect(row(page, /errors\.ts/)).toBeVisible();
});

test("what differs in white space or in the order of imports may count as the same", async ({ page }) => {
  await open(page, "right=a");
  await expect(row(page, /index\.ts, added: changed by A, B; conflict/)).toBeVisible();
  await page.getByRole("button", { name: "What counts as the same: same text" }).click();
  await page.getByRole("menuitemradio", { name: "Also what differs in white space only" }).click();
  await expect(row(page, /client\.ts, modified: changed by A, B; some agree/)).toBeVisible();
  await expect(row(page, /index\.ts, added: changed by A, B; conflict/)).toBeVisible();
  await page.getByRole("button", { name: /^What counts as the same/ }).click();
  await page.getByRole("menuitemradio", { name: /order of imports/ }).click();
  await expect(row(page, /index\.ts, added: changed by A, B; some agree/)).toBeVisible();
  // That is remembered, and the hunk map follows.
  await page.reload();
  await row(page, /client\.ts/).click();
  await page.keyboard.press("h");
  await expect(cell(page, "src/http/client.ts", /^B, 1: text 1, as some$/)).toBeVisible();
  await expect(hunks(page, "src/http/client.ts").getByText("counts as 1")).toBeVisible();
});

test("the hunk map says who says what, and leads there", async ({ page }) => {
  await open(page, `right=a&file=${RETRY}`);
  await expect(line(diffOf(page, RETRY), "defaultRetry")).toBeVisible();
  await page.getByRole("button", { name: "Hunks 3" }).click();
  const [limits, said] = [/^C, 5–6: text 2, alone$/, /^[A-E], 19: text 1, as all$/];
  await expect(cell(page, RETRY, /^[AB], 5–6: text 1, as some$/)).toHaveCount(2);
  await expect(cell(page, RETRY, said)).toHaveCount(5);
  await expect(cell(page, RETRY, /^D, after 17: text 1, alone$/)).toHaveCount(1);
  await expect(hunks(page, RETRY).getByRole("rowheader", { name: /5–6 , conflict/ })).toBeVisible();

  await cell(page, RETRY, limits).click();
  await expect(right(page).getByRole("radio", { name: "variation C" })).toBeChecked();
  await expect(page).toHaveURL(/right=c.*line=5/);
  await expect(line(diffOf(page, RETRY), "process.env.RETRIES")).toBeVisible();
  // A and C exclude each other: both texts side by side.
  await hunks(page, RETRY).getByRole("button", { name: "Compare text 2 with text 1" }).click();
  await expect(page).toHaveURL(/right=a/);
  await expect(page).toHaveURL(/left=c/);
  await expect(line(diffOf(page, RETRY), "process.env.RETRIES", "original")).toBeVisible();
  await expect(line(diffOf(page, RETRY), "defaultRetry")).toBeVisible();

  // Going through the changes, the map shows which hunk it is.
  await cell(page, RETRY, /^D, after 17/).click();
  await expect(line(diffOf(page, RETRY), "longestDelay")).toBeVisible();
  const active = hunks(page, RETRY).getByRole("row", { selected: true });
  await expect(active.getByRole("rowheader")).toContainText("after 17");
  await page.keyboard.press("n");
  await expect(active.getByRole("rowheader")).toContainText("19");

  // It is there again with the next visit.
  await page.reload();
  await expect(hunks(page, RETRY)).toBeVisible();
  await page.getByRole("button", { name: "Close the hunk map" }).click();
  await expect(panel(page)).toHaveCount(0);
});

test("the hunk map is walked with the keyboard", async ({ page }) => {
  await open(page, `right=a&file=${RETRY}`);
  await expect(line(diffOf(page, RETRY), "defaultRetry")).toBeVisible();
  await page.keyboard.press("h");
  await expect(cell(page, RETRY, /^A, 5–6/)).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  await expect(cell(page, RETRY, /^B leaves after 17 alone$/)).toBeFocused();
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowUp");
  await expect(cell(page, RETRY, /^E leaves 5–6 alone$/)).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(right(page).getByRole("radio", { name: "variation D" })).toBeChecked();
  await expect(line(diffOf(page, RETRY), "longestDelay")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(panel(page)).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Hunks 3" })).toBeFocused();
});

test("a file that one moved and another edited is mapped as one", async ({ page }) => {
  await open(page, "right=d&file=src/time/clock.ts");
  await expect(diffOf(page, "src/time/clock.ts").getByText("Renamed from src/util/time.ts, content unchanged.")).toBeVisible();
  await page.keyboard.press("h");
  const map = hunks(page, "src/util/time.ts");
  await expect(map.getByRole("rowheader", { name: /new path/ })).toBeVisible();
  await cell(page, "src/util/time.ts", /^E, after 7: text 1, alone$/).click();
  await expect(line(diffOf(page, "src/util/time.ts"), "hour = 60 * minute")).toBeVisible();
  await cell(page, "src/util/time.ts", /^D, file: text 1, alone$/).click();
  await expect(diffOf(page, "src/time/clock.ts")).toBeVisible();
  await expect(map.getByText("moves it to src/time/clock.ts")).toBeVisible();
});

test("a map that fails says so and is asked for again", async ({ page }) => {
  await page.route("**/map?*", (route) => route.abort());
  await open(page, `right=a&file=${RETRY}`);
  await expect(line(diffOf(page, RETRY), "defaultRetry")).toBeVisible();
  const alert = page.getByRole("alert").filter({ hasText: "How far the variations agree could not be found out" });
  await expect(alert).toBeVisible();
  // What is known is there all the same.
  await expect(row(page, /retry\.ts, modified/)).toBeVisible();
  await page.unroute("**/map?*");
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(row(page, /errors\.ts.*all agree/)).toBeVisible();
  await expect(alert).toHaveCount(0);
});

for (const colorScheme of ["dark", "light"] as const) {
  test(`the hunk map is accessible, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await open(page, `right=a&file=${RETRY}`);
    await expect(line(diffOf(page, RETRY), "defaultRetry")).toBeVisible();
    await page.keyboard.press("h");
    await cell(page, RETRY, /^C, 5–6/).click();
    await expect(line(diffOf(page, RETRY), "process.env.RETRIES")).toBeVisible();
    await expectAccessible(page);
  });
}

test("on a phone the hunk map lies over the diff and makes way for it", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, `right=a&file=${RETRY}`);
  await expect(line(diffOf(page, RETRY), "defaultRetry")).toBeVisible();
  await page.getByRole("button", { name: "Hunks 3" }).click();
  await expect(cell(page, RETRY, /^C, 5–6/)).toBeInViewport({ ratio: 1 });
  await expectAccessible(page);
  await cell(page, RETRY, /^C, 5–6/).click();
  await expect(panel(page)).toHaveCount(0);
  await expect(line(diffOf(page, RETRY), "process.env.RETRIES")).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

test("the matrix shows every file by every variation, is walked with the keyboard, and leads to the diff", async ({ page }) => {
  await open(page, "right=b");
  await expect(row(page, /retry\.ts/)).toBeVisible();
  await page.getByRole("button", { name: "Matrix of files and variations" }).click();
  const matrix = page.getByRole("grid", { name: "Files and variations" });
  const { body: map } = await apiClient(shop.server.url).call<MapResponse>("GET", `/runs/${run}/map`);
  await expect(matrix).toHaveAttribute("aria-rowcount", String(map.files.length + 1));
  const words: Record<string, string> = { all: "all agree", some: "some agree", only: "only one", conflict: "conflict", none: "untouched" };
  const retry = matrix.getByRole("row", { name: new RegExp(RETRY) });
  const marks = map.files.find(({ path }) => path === RETRY)?.marks.exact ?? [];
  for (const [at, mark] of marks.entries()) {
    await expect(retry.getByRole("button", { name: `${"ABCDE"[at]}: ${words[mark]}` })).toBeVisible();
  }
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
  }
  await retry.getByRole("button", { name: RETRY }).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect(retry.getByRole("button", { name: /^C: / })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(matrix).toHaveCount(0);
  await expect(diffOf(page, RETRY)).toBeVisible();
  await expect(right(page).getByRole("radio", { name: "variation C" })).toBeChecked();

  await page.keyboard.press("w");
  await expect(matrix).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Matrix of files and variations" })).toBeFocused();
});
