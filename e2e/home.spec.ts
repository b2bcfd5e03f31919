import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { apiClient } from "./api-client";
import { freePort, startServer, type TestServer } from "./server";

let server: TestServer;
let api: ReturnType<typeof apiClient>;
let folder: string;
let shop: string;
let closedPort: number;

function git(...args: string[]): string {
  return execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...args], { cwd: shop, encoding: "utf8" }).trim();
}

function commit(path: string): void {
  mkdirSync(dirname(join(shop, path)), { recursive: true });
  writeFileSync(join(shop, path), `${path}\n`);
  git("add", "-A");
  git("commit", "-qm", path);
}

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "aid-home-"));
  shop = join(folder, "shop");
  mkdirSync(shop);
  git("init", "-q", "-b", "main");
  commit("src/http/retry.ts");
  git("switch", "-qc", "feature/login");
  commit("src/login/form.ts");
  git("switch", "-q", "main");
  closedPort = await freePort();
  server = await startServer({ AIDEATOR_LOCAL_REPOS: folder, AIDEATOR_GIT_HOSTS: `127.0.0.1:${closedPort}` });
  api = apiClient(server.url);
});

test.afterAll(async () => {
  await server.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const promptOf = (page: Page): Locator => page.getByRole("textbox", { name: "Prompt" });

async function pickShop(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Repository:/ }).click();
  await page.getByRole("dialog", { name: "Pick a repository" }).getByRole("option", { name: /^shop/ }).click();
  await expect(page.getByRole("button", { name: "Base: main, the default branch" })).toBeVisible();
}

async function startedRun(page: Page) {
  await page.waitForURL(/\/runs\/[a-z0-9]{12,24}$/);
  return api.getRun(new URL(page.url()).pathname.split("/").at(-1) ?? "");
}

/** Pastes a file as a browser does it. */
async function paste(field: Locator, file: { name: string; type: string; base64: string }): Promise<void> {
  await field.evaluate((element, { name, type, base64 }) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([bytes], name, { type }));
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, file);
}

/** What the browser tells the page when a file is let go above it. */
async function drop(target: Locator, file: { name: string; type: string; base64: string }): Promise<void> {
  await target.evaluate((element, { name, type, base64 }) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], name, { type }));
    for (const kind of ["dragenter", "dragover", "drop"]) {
      element.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
    }
  }, file);
}

const picture = {
  name: "dialog.png",
  type: "image/png",
  base64: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
};

test("a first visit offers the sample; a run is two clicks away", async ({ page }) => {
  await page.goto(server.url);
  await expect(page.getByText("No runs yet.")).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.getByRole("button", { name: "Use the sample repository" }).click();
  await page.getByRole("button", { name: /^Run/ }).click();
  const run = await startedRun(page);
  expect(run).toMatchObject({ repository_name: "sample-todo", variations: [{}, {}, {}] });
  await api.call("POST", `/runs/${run.run_id}/cancel`, {});
});

test("a run is started by keyboard alone, with a file named by @ and one variation told more", async ({ page }) => {
  await page.goto(server.url);
  await expect(promptOf(page)).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  // Back over what stands between the prompt and the repository.
  const repository = page.getByRole("button", { name: /^Repository:/ });
  for (let steps = 0; steps < 6 && !(await repository.evaluate((button) => button === document.activeElement)); steps += 1) {
    await page.keyboard.press("Shift+Tab");
  }
  await page.keyboard.press("Enter");
  await page.keyboard.type("shop");
  await expect(page.getByRole("dialog", { name: "Pick a repository" }).getByRole("option", { name: /^shop/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(repository).toBeFocused();
  await expect(page.getByRole("button", { name: "Base: main, the default branch" })).toBeVisible();

  await promptOf(page).focus();
  await page.keyboard.type("Make @ret");
  const paths = page.getByRole("listbox", { name: "Paths" });
  await expect(paths.getByRole("option", { name: /retry\.ts/, selected: true })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(promptOf(page)).toHaveValue("Make @src/http/retry.ts ");
  await expect(paths).toBeHidden();
  await page.keyboard.type("wait longer, but not @s");
  await expect(paths.getByRole("option").first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(paths).toBeHidden();
  await page.keyboard.type("rc");

  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: /^Variation A/ })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Be brief.");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Variation A: Built-in, demo model, with extra instructions. Change" })).toBeFocused();
  await page.keyboard.press("Control+Enter");
  const run = await startedRun(page);
  expect(run).toMatchObject({ prompt: "Make @src/http/retry.ts wait longer, but not @src", repository_name: "shop" });
  const [created] = await api.events(run.run_id);
  expect(created?.event).toMatchObject({ variations: [{ instructions: "Be brief." }, {}, {}] });
  await api.call("POST", `/runs/${run.run_id}/cancel`, {});
});

test("paths are those of the chosen branch", async ({ page }) => {
  await page.goto(server.url);
  await pickShop(page);
  await promptOf(page).fill("@form");
  await expect(page.getByText("No file matches “form”.").last()).toBeVisible();
  await promptOf(page).fill("");
  await page.getByRole("button", { name: /^Base:/ }).click();
  const branches = page.getByRole("dialog", { name: "Pick a base" });
  await expect(branches.getByRole("status")).toHaveText("2 branches.");
  await page.keyboard.type("LOGIN");
  await expect(branches.getByRole("option")).toHaveCount(2); // The branch, and what is typed.
  await branches.getByRole("option", { name: /feature\/login/ }).click();
  await expect(page.getByRole("button", { name: "Base: feature/login" })).toBeVisible();
  await expect(page.getByText(`at ${git("rev-parse", "feature/login").slice(0, 7)}`)).toBeVisible();
  await promptOf(page).pressSequentially("Fix @form");
  await page.getByRole("option", { name: /form\.ts/ }).click();
  await expect(promptOf(page)).toHaveValue("Fix @src/login/form.ts ");

  await page.getByRole("button", { name: /^Base:/ }).click();
  await page.keyboard.type("nowhere");
  await branches.getByRole("option", { name: "Start from nowhere" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "There is no branch or tag “nowhere”" })).toBeVisible();
});

test("a pasted picture reaches the run and its agent; text goes into the prompt; anything else is refused", async ({ page }) => {
  await page.goto(server.url);
  await pickShop(page);
  await promptOf(page).fill("The dialog looks like this");
  await paste(promptOf(page), picture);
  const pictures = page.getByRole("list", { name: "Pictures" });
  await expect(pictures.getByRole("listitem")).toHaveCount(1);
  await paste(promptOf(page), { name: "trace.log", type: "text/plain", base64: btoa("no such table\n") });
  await expect(promptOf(page)).toHaveValue(/trace\.log:\n```log\nno such table\n```/);
  await paste(promptOf(page), { name: "spec.pdf", type: "application/pdf", base64: btoa("%PDF\0") });
  await expect(page.getByRole("alert").filter({ hasText: "spec.pdf is neither a picture nor text" })).toBeVisible();
  await drop(promptOf(page), { ...picture, name: "second.png" });
  await expect(pictures.getByRole("listitem")).toHaveCount(2);
  await page.getByRole("button", { name: "Remove picture 2, second.png" }).click();
  await expect(pictures.getByRole("listitem")).toHaveCount(1);

  // Kept like the rest of the draft.
  await page.reload();
  await expect(pictures.getByRole("listitem")).toHaveCount(1);
  await page.getByRole("button", { name: /^Variation A/ }).click();
  await page.getByRole("option", { name: "long (scripted)" }).click();
  await page.getByRole("button", { name: /^Variation A/ }).click();
  await page.getByRole("button", { name: "Only A, 1 time" }).click();
  await page.getByRole("button", { name: /^Run/ }).click();
  const run = await startedRun(page);
  const bytes = Buffer.from(picture.base64, "base64");
  expect(run.images).toMatchObject([{ media_type: "image/png", bytes: bytes.length }]);
  const kept = await fetch(server.url + (run.images[0]?.url ?? ""));
  expect(Buffer.from(await kept.arrayBuffer()).equals(bytes)).toBe(true);
  // Beside the task, where the sandbox reads it.
  const config = join(server.dataDir, "attempts", `agent-${run.run_id}-0`, "config");
  await expect.poll(() => existsSync(join(config, "image-0"))).toBe(true);
  expect(readFileSync(join(config, "image-0")).equals(bytes)).toBe(true);
  expect(JSON.parse(readFileSync(join(config, "task.json"), "utf8"))).toMatchObject({ images: [{ mediaType: "image/png" }] });
  await api.call("POST", `/runs/${run.run_id}/cancel`, {});

  await page.goto(server.url);
  await expect(promptOf(page)).toHaveValue("");
  await expect(pictures).toBeHidden();
});

test("a line-up is kept under a name and applied again", async ({ page }) => {
  await page.goto(server.url);
  const chips = page.getByRole("group", { name: "Line-up" }).getByRole("button", { name: /^Variation [A-E]:/ });
  await page.getByRole("button", { name: /^Variation B/ }).click();
  await page.getByRole("option", { name: "edits (scripted)" }).click();
  await page.getByRole("button", { name: "Saved line-ups" }).click();
  await page.getByRole("textbox", { name: "Name for this line-up" }).fill("Mixed");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: /^Variation A/ }).click();
  await page.getByRole("button", { name: "Only A, 5 times" }).click();
  await expect(chips).toHaveCount(5);
  await expect(page.getByRole("button", { name: "Variation E: Built-in, demo model. Change" })).toBeVisible();

  await page.reload();
  await expect(chips).toHaveCount(5);
  await page.getByRole("button", { name: "Saved line-ups" }).click();
  await page.getByRole("button", { name: /^Mixed/ }).click();
  await expect(chips).toHaveCount(3);
  await expect(page.getByRole("button", { name: "Variation B: Built-in, edits (scripted). Change" })).toBeVisible();

  await page.getByRole("button", { name: "Saved line-ups" }).click();
  await page.getByRole("button", { name: "Throw “Mixed” away" }).click();
  await expect(page.getByText("No line-up is saved yet.")).toBeVisible();
});

test("what cannot be a repository is said while it is typed, what cannot be reached once it is asked", async ({ page }) => {
  await page.goto(server.url);
  await page.getByRole("button", { name: /^Repository:/ }).click();
  const picker = page.getByRole("dialog", { name: "Pick a repository" });
  await page.keyboard.type("https://ada:secret@github.com/acme/shop");
  await expect(picker.getByRole("status")).toContainText("The address holds credentials.");
  await page.keyboard.press("Enter");
  await expect(picker).toBeVisible();
  await page.getByRole("combobox", { name: "Repositories" }).fill(`http://127.0.0.1:${closedPort}/acme/gone`);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "acme/gone could not be reached" })).toBeVisible();
  await page.getByRole("button", { name: /^Run/ }).click();
  await expect(page.getByRole("alert").filter({ hasText: "The prompt is empty" })).toBeVisible();
  await expect(promptOf(page)).toBeFocused();
});

test("runs are found by words and by state, move while they run, and open by keyboard", async ({ page }) => {
  const start = (prompt: string, model: string) => api.startRun({ github_url: shop, prompt, line_up: [{ model }] });
  const failing = await start("Park the webhook deliveries", "script:refused");
  const ended = await start("Fix the flaky login test", "script:edits");
  await api.until(failing.run_id, ({ status }) => status === "failed");
  await api.until(ended.run_id, ({ status }) => status === "completed");
  const moving = await start("Count very slowly", "script:long");
  await api.until(moving.run_id, ({ variations }) => variations[0]?.state === "running");

  await page.goto(server.url);
  const rows = page.getByRole("region", { name: "Recent" }).getByRole("listitem");
  const search = page.getByRole("searchbox", { name: "Search in prompts" });
  await search.fill("LOGIN flaky");
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("Fix the flaky login test");
  await search.fill("no such words");
  await expect(page.getByText("No run has “no such words” in its prompt.")).toBeVisible();
  await page.getByRole("button", { name: "Show all runs" }).click();
  await expect(search).toBeFocused();
  await page.getByRole("combobox", { name: "State" }).selectOption("Failed");
  await expect(rows.filter({ hasText: "Park the webhook deliveries" })).toBeVisible();
  await expect(rows.filter({ hasText: "Count very slowly" })).toHaveCount(0);
  await page.getByRole("combobox", { name: "State" }).selectOption("Running");
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("running");
  await api.call("POST", `/runs/${moving.run_id}/cancel`, {});
  await expect(rows).toContainText("cancelled");

  await page.getByRole("combobox", { name: "State" }).selectOption("All states");
  await expect(rows.filter({ hasText: "Fix the flaky" })).toBeVisible();
  await rows.first().getByRole("link").focus();
  await page.keyboard.press("ArrowDown");
  await expect(rows.nth(1).getByRole("link")).toBeFocused();
  await page.keyboard.press("Enter");
  await page.waitForURL(`${server.url}/runs/${ended.run_id}`);
});

test("a list that cannot be loaded says so and can be asked again", async ({ page }) => {
  await page.goto(server.url);
  await page.route("**/api/v1/runs?*query=*", (route) => route.abort());
  await page.getByRole("searchbox", { name: "Search in prompts" }).fill("login");
  const trouble = page.getByRole("alert").filter({ hasText: "The runs could not be loaded." });
  await expect(trouble).toBeVisible();
  await page.unroute("**/api/v1/runs?*query=*");
  await trouble.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("1 run found")).toBeVisible();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`nothing stands in the way of assistive technology, ${colorScheme}, wide and narrow`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const violations = async (part = "body") =>
      (await new AxeBuilder({ page }).include(part).analyze()).violations.map(({ id, nodes }) => [id, nodes[0]?.html]);
    await page.goto(server.url);
    await pickShop(page);
    await page.getByRole("button", { name: /^Limits/ }).click();
    await paste(promptOf(page), picture);
    await promptOf(page).pressSequentially("See @src");
    await expect(page.getByRole("option", { name: /retry/ }).first()).toBeVisible();
    expect(await violations()).toEqual([]);
    await page.keyboard.press("Escape");
    for (const name of [/^Repository:/, /^Base:/, /^Variation A/, "Saved line-ups"]) {
      await page.getByRole("button", { name }).click();
      await expect(page.getByRole("dialog")).toBeVisible();
      expect(await violations("[role=dialog]")).toEqual([]);
      await page.keyboard.press("Escape");
    }
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await violations()).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });
}
