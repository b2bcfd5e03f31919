import AxeBuilder from "@axe-core/playwright";
import { expect, type Locator, type Page, test } from "@playwright/test";
import type { CompositionListResponse, CompositionResponse } from "../lib/protocol/compositions";
import { apiClient } from "./api-client";
import { openShop, type Shop } from "./shop";

let shop: Shop;
/** A run whose five variations are done. */
let run: string;

test.beforeAll(async () => {
  shop = await openShop();
  run = await shop.finished(["shop", "shop", "shop", "shop", "shop"]);
});

test.afterAll(() => shop.dispose());

const retry = "src/http/retry.ts";
const list = (page: Page): Locator => page.getByRole("list", { name: "Changed files" });
const hunk = (page: Page, path: string, name: RegExp): Locator =>
  page.getByRole("list", { name: `Hunks of ${path}` }).getByRole("checkbox", { name });
const line = (page: Page, text: string): Locator =>
  page.getByRole("region", { name: "Composed file" }).locator(".view-line").filter({ hasText: text }).first();
const saved = (page: Page): Locator => page.getByRole("status").filter({ hasText: /^Saved/ });

async function create(from: number | null): Promise<CompositionResponse> {
  const { status, body } = await apiClient(shop.server.url).call<CompositionResponse>("POST", `/runs/${run}/compositions`, { from });
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

async function newest(): Promise<CompositionResponse> {
  const { body } = await apiClient(shop.server.url).call<CompositionListResponse>("GET", `/runs/${run}/compositions`);
  const composition = body.compositions.at(-1);
  if (composition === undefined) throw new Error("there is no composition");
  return composition;
}

/** A finger that goes `down` px from a place. */
async function swipe(page: Page, { x, y }: { x: number; y: number }, down: number): Promise<void> {
  const client = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", at?: number): Promise<unknown> =>
    client.send("Input.dispatchTouchEvent", { type, touchPoints: at === undefined ? [] : [{ x, y: at }] });
  await touch("touchStart", y);
  for (let moved = 20; moved <= down; moved += 20) await touch("touchMove", y + moved);
  await touch("touchEnd");
  await client.detach();
}

async function expectAccessible(page: Page): Promise<void> {
  // What Monaco draws of its own text is not ours to colour.
  const { violations } = await new AxeBuilder({ page }).exclude(".monaco-editor").analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
}

test("the best of several variations is composed, written in, undone, and survives a reload", async ({ page }) => {
  await page.goto(`${shop.server.url}/runs/${run}?tab=compose`);
  await expect(page.getByRole("heading", { name: "Compose a winner" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: /Start from A/ }).click();

  await list(page).getByRole("button", { name: retry, exact: true }).click();
  await expect(line(page, "export const defaultRetry")).toBeVisible();
  // What it would replace is said before it is taken.
  const other = hunk(page, retry, /^C: /);
  await expect(other).not.toBeChecked();
  await expect(other).toHaveAccessibleDescription(/overlaps A 5–6/);
  await other.check();
  await expect(line(page, "BASE_DELAY_MS = 500")).toBeVisible();
  await expect(hunk(page, retry, /^A: .*5–6/)).not.toBeChecked();
  await expect(page.getByRole("list", { name: "Lines by origin" })).toContainText("1 line");
  await expect(saved(page)).toBeVisible();
  await expectAccessible(page);

  // A whole file of another one.
  await page.getByRole("button", { name: "Take all of src/http/client.ts from E" }).click();
  await expect(hunk(page, "src/http/client.ts", /^E: /)).toBeChecked();

  await line(page, "isTransient").click();
  await page.keyboard.press("End");
  await page.keyboard.type(" // looked at");
  await expect(page.getByText("line 9 from your hand")).toBeVisible();
  await expect(page.getByRole("button", { name: "Take hand edits back" })).toBeVisible();

  await page.reload();
  await list(page).getByRole("button", { name: retry, exact: true }).click();
  await expect(line(page, "// looked at")).toBeVisible();
  const before = await newest();
  expect(before).toMatchObject({ from: 0, variations: [0, 2, 4], hand_lines: 1 });

  // Back over the reload, and forth again.
  await page.getByRole("heading", { name: "Hunks" }).click();
  await page.keyboard.press("Control+z");
  await expect(line(page, "isTransient")).not.toContainText("looked at");
  await page.getByRole("button", { name: /^Redo/ }).click();
  await expect(line(page, "// looked at")).toBeVisible();
  await expect.poll(async () => (await newest()).tree).toBe(before.tree);
});

test("hunks are walked and taken with the keyboard", async ({ page }) => {
  await create(0);
  await page.goto(`${shop.server.url}/runs/${run}?tab=compose`);
  await page.getByRole("button", { name: "New…" }).click();
  await page.getByRole("button", { name: "Start from the base" }).click();
  await expect(page.getByText(/^0 of \d+ taken$/)).toBeVisible();
  await page.getByRole("checkbox", { name: "All hunks of README.md" }).focus();
  await page.keyboard.press("ArrowDown");
  await expect(list(page).getByRole("button", { name: "README.md", exact: true })).toBeFocused();
  await page.keyboard.press("End");
  await page.keyboard.press("Space");
  await expect(page.getByText(/^1 of \d+ taken$/)).toBeVisible();
  await page.getByRole("heading", { name: "Hunks" }).click();
  await list(page).getByRole("button", { name: retry, exact: true }).click();
  await page.keyboard.press("2");
  await expect(hunk(page, retry, /^B: /)).toBeChecked();
  await page.keyboard.press("]");
  await page.keyboard.press("1");
  await expect(hunk(page, retry, /^A: withRetry/)).toBeChecked();
  await expect(saved(page)).toBeVisible();
});

test("single lines of a hunk are ticked, with mouse and keyboard, and each keeps its letter", async ({ page }) => {
  const { number } = await create(0);
  await page.goto(`${shop.server.url}/runs/${run}?tab=compose`);
  await list(page).getByRole("button", { name: retry, exact: true }).click();
  const versions = page.getByRole("list", { name: "Versions of this hunk" });
  const linesOf = (letter: string): Locator => page.getByRole("listbox", { name: `Lines of ${letter}`, exact: true });
  const [mine, theirs] = [linesOf("A"), linesOf("C")];
  const of = (box: Locator, name: RegExp): Locator => box.getByRole("option", { name });
  await expect(of(mine, /removes 6: const BASE_DELAY_MS/)).toHaveAttribute("aria-selected", "true");
  // What it would replace is said before it is taken.
  const wanted = of(theirs, /adds: const BASE_DELAY_MS = 500/);
  await expect(wanted).toHaveAttribute("aria-selected", "false");
  await expect(wanted).toHaveAccessibleDescription(/takes the place of a line of A 5–6/);
  // Long lines end with their column.
  const beyond = await versions.getByRole("listitem").evaluateAll((columns) => columns.filter((one) => one.scrollWidth > one.clientWidth));
  expect(beyond).toHaveLength(0);
  expect(await mine.evaluate((lines) => lines.scrollWidth > (lines.closest("li")?.clientWidth ?? 0))).toBe(true);
  await expect(page.getByRole("button", { name: /^Undo/ })).toHaveText(/Ctrl Z/);
  await wanted.click();
  await expect(wanted).toHaveAttribute("aria-selected", "true");
  await expect(hunk(page, retry, /^C: .*1 of \d lines taken/)).toBeVisible();
  await expect(line(page, "BASE_DELAY_MS = 500")).toBeVisible();
  await expect(of(mine, /removes 6/)).toHaveAttribute("aria-selected", "false");
  await expect(saved(page)).toBeVisible();
  await expectAccessible(page);
  const mixed = await newest();
  const choices = mixed.files.find(({ path }) => path === retry)?.choices ?? [];
  expect(choices.filter((choice) => choice.lines !== undefined)).toHaveLength(2);
  expect(mixed.variations).toEqual([0, 2]);

  // The rest of it by keyboard: up with shift takes along what is walked over.
  await page.keyboard.press("Home");
  await page.keyboard.press("Space");
  await page.keyboard.press("Shift+End");
  await expect(versions.getByRole("listitem").filter({ has: theirs }).getByText("taken", { exact: true })).toBeVisible();
  await expect(hunk(page, retry, /^C: /)).toBeChecked();

  await page.getByRole("heading", { name: "Hunks" }).click();
  // Once more than was changed since: twice quickly goes two steps.
  for (let step = 0; step < 2; step += 1) await page.keyboard.press("Control+z");
  await expect.poll(async () => (await newest()).files).toEqual([]);
  await page.getByRole("button", { name: /^Redo/ }).click();
  await expect.poll(async () => (await newest()).tree).toBe(mixed.tree);
  await expect(hunk(page, retry, /^C: .*1 of \d lines taken/)).toBeVisible();

  const url = `${shop.server.url}/git/runs/${run}`;
  shop.git("fetch", "-q", url, `+composition-${number}:picked`);
  const patch = shop.git("log", "-1", "--format=%(trailers:key=Composed-from,valueonly)", "picked");
  expect(patch).toMatch(/^C src\/http\/retry\.ts:\d+$/m);
});

test("a composition gets a name, and a file of its own", async ({ page }) => {
  const { number } = await create(null);
  await page.goto(`${shop.server.url}/runs/${run}?tab=compose`);
  await page.getByRole("button", { name: "Rename the composition" }).click();
  const name = page.getByRole("textbox", { name: "Name of the composition" });
  await name.fill("The calm one");
  await name.press("Enter");
  await expect(page.getByRole("heading", { name: "The calm one" })).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Composition" })).toContainText("The calm one");
  await expect(page.getByRole("button", { name: /^Undo/ })).toBeDisabled();

  await page.getByRole("button", { name: "New file…" }).click();
  const path = page.getByRole("textbox", { name: "Path of the new file" });
  await path.fill("README.md");
  await path.press("Enter");
  await expect(page.getByRole("alert").filter({ hasText: "There is a file README.md already." })).toBeVisible();
  await path.fill("docs/why.md");
  await path.press("Enter");
  await expect(page.getByRole("heading", { name: "docs/why.md" })).toBeVisible();
  await page.getByRole("region", { name: "Composed file" }).locator(".view-lines").click();
  await page.keyboard.type("Because it waits.");
  await expect.poll(async () => (await newest()).hand_lines).toBe(1);
  await expect(list(page).getByRole("button", { name: "docs/why.md", exact: true })).toBeVisible();
  await expectAccessible(page);
  shop.git("fetch", "-q", `${shop.server.url}/git/runs/${run}`, `+composition-${number}:named`);
  expect(shop.git("show", "named:docs/why.md")).toBe("Because it waits.");
});

test("a composition is compared, selected, fetched by git and landed", async ({ page }) => {
  const api = apiClient(shop.server.url);
  const { number } = await create(1);
  const files = [{ path: "src/http/client.ts", take: "e" }];
  const changed = await api.call<CompositionResponse>("PATCH", `/runs/${run}/compositions/${number}`, { version: 1, files });
  expect(changed.status).toBe(200);
  const late = await api.call<{ code: string }>("PATCH", `/runs/${run}/compositions/${number}`, { version: 1, files });
  expect([late.status, late.body.code]).toEqual([409, "conflict"]);

  await page.goto(`${shop.server.url}/runs/${run}?tab=diff&right=composition-${number}`);
  await expect(page.getByRole("radio", { name: `Composition ${number}` }).last()).toBeChecked();
  await expect(page.getByRole("treeitem", { name: /client\.ts, modified/ })).toBeVisible();

  await page.goto(`${shop.server.url}/runs/${run}?tab=compose`);
  await page.getByRole("button", { name: "Select this composition" }).click();
  await expect(page.getByText(`Composition ${number} is selected.`)).toBeVisible();
  // Behind the dialog that asks where to.
  const strip = page.getByRole("list", { name: "Scoreboard", includeHidden: true });
  await expect(strip.getByRole("button", { name: `Selected: Composition ${number}`, includeHidden: true })).toBeVisible();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("heading", { name: `Land Composition ${number}` })).toBeVisible();
  await dialog.getByRole("button", { name: /^Land/ }).click();
  await expect(dialog.getByText(/git fetch/).first()).toBeVisible();

  const url = `${shop.server.url}/git/runs/${run}`;
  shop.git("fetch", "-q", url, `composition-${number}:composed`, "winner:chosen");
  expect(shop.git("rev-parse", "composed^{tree}")).toBe(changed.body.tree);
  expect(shop.git("rev-parse", "chosen")).toBe(changed.body.commit);
  const { landings, selection } = await api.getRun(run);
  expect(selection).toMatchObject({ winning_variation_id: null, composition: number });
  const landed = landings.at(-1);
  expect(landed).toMatchObject({ composition: number, status: "finished" });
  shop.git("fetch", "-q", url, `${landed?.branch}:landed`);
  expect(shop.git("rev-parse", "landed^{tree}")).toBe(changed.body.tree);
  expect(shop.git("log", "-1", "--format=%(trailers:key=Composed-from,valueonly)", "landed")).toContain("E src/http/client.ts:1");
});

test("it fits a phone", async ({ page }) => {
  await create(0);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${shop.server.url}/runs/${run}?tab=compose`);
  await expect(list(page)).toBeVisible();
  const result = page.getByRole("region", { name: "Composed file" });
  const select = page.getByRole("button", { name: /^(Select this composition|Selected)$/ });
  await result.scrollIntoViewIfNeeded();
  // What becomes of it comes before the editor, and a finger on the editor gets back to it.
  const [above, editor] = [await select.boundingBox(), await result.boundingBox()];
  if (above === null || editor === null) throw new Error("the panel or the editor is not drawn");
  expect(above.y).toBeLessThan(editor.y);
  expect(editor.height).toBeLessThan(400);
  await swipe(page, { x: 200, y: editor.y + 60 }, 240);
  await expect.poll(async () => (await result.boundingBox())?.y).toBeGreaterThan(editor.y + 100);
  await select.scrollIntoViewIfNeeded();
  // The editor measures its letters beside the page for a moment.
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await expectAccessible(page);
});
