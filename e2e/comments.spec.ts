import AxeBuilder from "@axe-core/playwright";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { apiClient } from "./api-client";
import { startServer, type TestServer } from "./server";

let server: TestServer;
let run: string;

test.beforeAll(async () => {
  server = await startServer({ AIDEATOR_MAX_RUNNING: "5" });
});
test.beforeEach(async () => {
  const api = apiClient(server.url);
  const sample = (await api.setup()).sample_repository?.url;
  const line_up = [{ model: "script:follow-up" }, { model: "script:follow-up" }];
  run = (await api.startRun({ github_url: sample, prompt: "Write a note", line_up })).run_id;
  await api.until(run, ({ status }) => status === "completed");
});
test.afterAll(() => server.dispose());

const comments = (page: Page): Locator => page.getByRole("region", { name: "Comments", exact: true });
/** A thread, or a draft, under its line in the diff. */
const thread = (page: Page, place: string): Locator => page.getByRole("region", { name: `Comments on ${place}`, exact: true });
const line = (page: Page, text: string): Locator => page.locator(".monaco-diff-editor .view-line").filter({ hasText: text }).first();
const sent = async () => {
  const events = await apiClient(server.url).events(run);
  return events.flatMap(({ event }) => (event.type === "message.sent" ? [event] : []));
};

test("a comment on a line goes to its agent with the exact lines, and its thread shows the turn that answered", async ({ page }) => {
  await page.goto(`${server.url}/runs/${run}?tab=diff&right=b&file=notes/b.md`);
  await line(page, "first line of B").click();
  await page.keyboard.press("c");
  const draft = thread(page, "notes/b.md:3");
  await expect(draft.getByRole("textbox", { name: "Comment on notes/b.md:3" })).toBeFocused();
  // No key is lost to the page.
  await page.keyboard.type("Say it in other words.");
  await page.keyboard.press("Control+Enter");
  await expect(draft).toContainText("sent to B with your next message");
  await page.reload();
  await expect(draft).toContainText("Say it in other words.");
  await page.getByRole("button", { name: "1 draft comment" }).click();
  const listed = comments(page).getByRole("textbox", { name: "Comment on notes/b.md:3" });
  await expect(listed).toHaveValue("Say it in other words.");
  await expect(comments(page)).toContainText("first line of B");
  await expect(comments(page).getByRole("list", { name: "Drafts" })).toContainText("to B");
  // Nobody was chosen: it is for the one whose lines it is about. Escape leaves the field, then the list.
  await listed.press("Escape");
  await page.keyboard.press("Escape");
  await expect(comments(page)).toHaveCount(0);
  await page.getByRole("button", { name: "1 draft comment" }).click();
  await page.getByRole("button", { name: /^Send to B/ }).click();

  await expect(comments(page).getByRole("list", { name: "Answers" })).toContainText("answered in turn 2", { timeout: 30_000 });
  const [message] = await sent();
  expect(message).toMatchObject({
    to: [1],
    comments: [{ text: "Say it in other words.", on: { path: "notes/b.md", from: 3, to: 3, variation: 1, quote: "first line of B" } }],
  });
  await comments(page).getByRole("link", { name: "answered in turn 2" }).click();
  await expect(page).toHaveURL(/left=b%40turn-1&right=b%40turn-2/);
  await expect(line(page, "second line of B")).toBeVisible();

  await comments(page).getByRole("button", { name: "Resolve" }).click();
  await expect(comments(page).getByRole("list", { name: "Settled comments" })).toContainText("Say it in other words.");
  await comments(page).getByRole("button", { name: "Reopen" }).click();
  await expect(comments(page).getByRole("list", { name: "Sent comments" })).toContainText("Say it in other words.");
  const { violations } = await new AxeBuilder({ page }).exclude(".monaco-diff-editor").analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
});

test("several comments, one of them on what an agent did, go out as one message", async ({ page }) => {
  await page.goto(`${server.url}/runs/${run}`);
  const item = page.getByRole("region", { name: "Variation A", exact: true }).getByRole("log").getByText("I am variation A");
  await item.hover();
  await page.getByRole("button", { name: "Comment on this" }).click();
  await comments(page).getByRole("textbox", { name: "Comment on what it said" }).fill("Why a note?");
  await page.getByRole("tab", { name: /^Diff/ }).click();
  await line(page, "first line of A").click();
  await page.keyboard.press("c");
  await thread(page, "notes/a.md:3").getByRole("textbox").fill("Too short.");
  await page.getByRole("textbox", { name: /^Message/ }).fill("Two things:");
  // Both comments are about A.
  await page.getByRole("button", { name: /^Send to A/ }).click();
  await expect.poll(async () => (await sent()).length).toBe(1);
  const [message] = await sent();
  expect(message?.text).toBe("Two things:");
  expect(message?.to).toEqual([0]);
  expect(message?.comments?.map(({ on, text }) => [on.kind, on.quote, text])).toEqual([
    ["item", "I am variation A and write a note.", "Why a note?"],
    ["lines", "first line of A", "Too short."],
  ]);
  await expect(page.getByRole("button", { name: "Comments 2" })).toBeVisible();
});

test("a change of B is sent to A with the request to port it", async ({ page }) => {
  await page.goto(`${server.url}/runs/${run}?tab=diff&right=b&file=notes/b.md`);
  await line(page, "first line of B").click();
  await page.keyboard.press("c");
  const draft = thread(page, "notes/b.md:3");
  await draft.getByRole("checkbox", { name: "Port this change of B" }).check();
  await page.getByRole("button", { name: /^Send to A/ }).click();
  await expect(draft).toContainText("Asked to port this change.");
  const [message] = await sent();
  expect(message?.to).toEqual([0]);
  expect(message?.comments?.[0]?.port).toBe("--- /dev/null\n+++ b/notes/b.md\n@@ -0,0 +1,3 @@\n+# Note B\n+\n+first line of B\n");
});

test("an empty comment goes with Escape; the editor has the focus again and nothing has moved", async ({ page }) => {
  await page.goto(`${server.url}/runs/${run}?tab=diff&right=b&file=notes/b.md`);
  const first = line(page, "first line of B");
  await first.click();
  const before = await first.boundingBox();
  await page.keyboard.press("c");
  await expect(thread(page, "notes/b.md:3").getByRole("textbox")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(thread(page, "notes/b.md:3")).toHaveCount(0);
  expect(await first.boundingBox()).toEqual(before);
  // From the keyboard again: the editor was given back the focus.
  await page.keyboard.press("Shift+ArrowUp");
  await page.keyboard.press("c");
  await expect(thread(page, "notes/b.md:2–3").getByRole("textbox")).toBeFocused();
  await page.keyboard.type("Both.");
  await page.keyboard.press("Escape");
  await expect(thread(page, "notes/b.md:2–3")).toContainText("Both.");
  await thread(page, "notes/b.md:2–3").getByRole("button", { name: "Discard" }).click();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(thread(page, "notes/b.md:2–3")).toContainText("Both.");
});

test("threads stand under their lines, side by side and inline, follow them into a newer turn, and fold when they are settled", async ({
  page,
}) => {
  const api = apiClient(server.url);
  await api.call("POST", `/runs/${run}/messages`, {
    variations: [1],
    comments: [{ on: { kind: "lines", at: "b", path: "notes/b.md", from: 3, to: 3 }, text: "Keep this line." }],
  });
  await api.until(run, ({ status }) => status === "completed");
  await page.goto(`${server.url}/runs/${run}?tab=diff&right=b&file=notes/b.md`);
  const kept = thread(page, "notes/b.md:3");
  await expect(kept).toContainText("Keep this line.");
  await expect(kept.getByRole("link", { name: "answered in turn 2" })).toBeVisible();
  const [above, below] = await Promise.all([line(page, "first line of B").boundingBox(), kept.boundingBox()]);
  expect(below?.y).toBeGreaterThanOrEqual((above?.y ?? 0) + (above?.height ?? 0) - 1);
  await line(page, "first line of B").click();
  await page.keyboard.press("i");
  await expect(page.getByRole("button", { name: "View: inline" })).toBeVisible();
  await expect(kept.getByRole("link", { name: "answered in turn 2" })).toBeVisible();
  // On the left side, of the turn before.
  await page.goto(`${server.url}/runs/${run}?tab=diff&left=b@turn-1&right=a&file=notes/b.md`);
  await expect(kept).toContainText("Keep this line.");

  await kept.getByRole("button", { name: "Resolve" }).click();
  const head = kept.getByRole("button", { name: /resolved$/ });
  await expect(head).toHaveAttribute("aria-expanded", "false");
  await head.click();
  await expect(kept).toContainText("answered in turn 2");
  await kept.getByRole("button", { name: "Reopen" }).click();
  await expect(kept.getByRole("button", { name: "Resolve" })).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).include("[data-comment-zone]").analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
});

test("a reply goes on its thread, to the same variation, which is told what was said before", async ({ page }) => {
  const api = apiClient(server.url);
  await api.call("POST", `/runs/${run}/messages`, {
    variations: [1],
    comments: [{ on: { kind: "lines", at: "b", path: "notes/b.md", from: 3, to: 3 }, text: "Keep this line." }],
  });
  await api.until(run, ({ status }) => status === "completed");
  await page.goto(`${server.url}/runs/${run}?tab=diff&right=b&file=notes/b.md`);
  const kept = thread(page, "notes/b.md:3");
  await expect(page.getByRole("treeitem", { name: /notes\/b\.md.*1 open thread/ })).toBeVisible();
  await kept.getByRole("button", { name: "Reply" }).click();
  await expect(kept.getByRole("textbox", { name: "Reply on notes/b.md:3" })).toBeFocused();
  await page.keyboard.type("And this one too.");
  await expect(page.getByRole("treeitem", { name: /notes\/b\.md.*1 open thread, 1 draft/ })).toBeVisible();
  // Paths complete themselves in the message.
  const message = page.getByRole("textbox", { name: "Message to B" });
  await message.pressSequentially("As in @todo-list.j");
  await page.getByRole("listbox", { name: "Paths" }).getByRole("option").first().click();
  await expect(message).toHaveValue("As in @src/todo-list.js ");
  await page.getByRole("button", { name: /^Send to B/ }).click();
  await expect(kept.getByRole("list", { name: "Answers" }).last()).toContainText("answered in turn 3", { timeout: 30_000 });
  await expect(kept).toContainText("Keep this line.");
  const [, second] = await sent();
  expect(second?.comments?.[0]).toMatchObject({ text: "And this one too.", reply: { earlier: ["Keep this line."] } });
});

test("a hunk of the map is ported to those who have not got it", async ({ page }) => {
  await page.goto(`${server.url}/runs/${run}?tab=diff&right=b&file=notes/b.md`);
  await line(page, "first line of B").click();
  await page.keyboard.press("h");
  await page
    .getByRole("grid", { name: "Hunks of notes/b.md" })
    .getByRole("button", { name: /^B, .*text 1/ })
    .click();
  await page.getByRole("button", { name: "Port text 1 of B to the others" }).click();
  const draft = thread(page, "notes/b.md:1–3");
  await expect(draft.getByRole("textbox")).toBeFocused();
  await page.keyboard.press("Control+Enter");
  await expect(draft).toContainText("Asks to port this change.");
  await page.getByRole("button", { name: /^Send to A/ }).click();
  await expect(draft).toContainText("Asked to port this change.");
  const [message] = await sent();
  expect(message).toMatchObject({ to: [0], comments: [{ port: expect.stringContaining("+first line of B") }] });
});

test("lines are ported from the editor's menu", async ({ page }) => {
  await page.goto(`${server.url}/runs/${run}?tab=diff&right=b&file=notes/b.md`);
  const ask = page.getByRole("menuitem", { name: "Ask another variation to port this change" });
  // The editor's menu ignores what is pressed in the moment of its opening.
  await expect(async () => {
    if (!(await ask.isVisible())) await line(page, "first line of B").click({ button: "right" });
    await ask.click({ timeout: 2_000 });
    await expect(ask).toBeHidden({ timeout: 1_000 });
  }).toPass();
  await expect(thread(page, "notes/b.md:3").getByRole("checkbox", { name: "Port this change of B" })).toBeChecked();
  await expect(page.getByRole("button", { name: /^Send to A/ })).toBeEnabled();
});

test("a winner that was changed by a follow-up says so in the strip", async ({ page }) => {
  const api = apiClient(server.url);
  await api.call("POST", `/runs/${run}/select`, { winning_variation_id: 1 });
  await page.goto(`${server.url}/runs/${run}?tab=diff&right=b`);
  const score = page.getByRole("list", { name: "Scoreboard" }).getByRole("listitem").nth(1);
  await expect(score).toContainText("winner");
  await expect(score).not.toContainText("changed");
  await api.call("POST", `/runs/${run}/messages`, { variations: [1], text: "Go on." });
  await expect(score).toContainText("changed since selected", { timeout: 30_000 });
});
