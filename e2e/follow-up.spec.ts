import AxeBuilder from "@axe-core/playwright";
import { expect, type Locator, type Page, test } from "@playwright/test";
import type { Problem } from "../lib/protocol/http";
import type { MessageResponse } from "../lib/protocol/messages";
import { apiClient } from "./api-client";
import { startServer, type TestServer } from "./server";

let server: TestServer;

test.beforeAll(async () => {
  server = await startServer({ AIDEATOR_MAX_RUNNING: "5" });
});
test.afterAll(() => server.dispose());

async function startRun(prompt: string, variations = 2): Promise<string> {
  const api = apiClient(server.url);
  const sample = (await api.setup()).sample_repository?.url;
  const line_up = Array.from({ length: variations }, () => ({ model: "script:follow-up" }));
  return (await api.startRun({ github_url: sample, prompt, line_up })).run_id;
}

async function finishedRun(variations = 2): Promise<string> {
  const run = await startRun("Write a note", variations);
  await apiClient(server.url).until(run, ({ status }) => status === "completed");
  return run;
}

const send = (run: string, body: object) => apiClient(server.url).call<MessageResponse>("POST", `/runs/${run}/messages`, body);
const noteOf = async (run: string, at: string): Promise<string | null> => {
  const path = encodeURIComponent(`notes/${at.slice(0, 1)}.md`);
  const { body } = await apiClient(server.url).call<{ text: string | null }>("GET", `/runs/${run}/files?at=${at}&path=${path}`);
  return body.text;
};
const pane = (page: Page, letter: string): Locator => page.getByRole("region", { name: `Variation ${letter}`, exact: true });
const transcript = (page: Page, letter: string): Locator => pane(page, letter).getByRole("log");
const field = (page: Page): Locator => page.getByRole("textbox", { name: /^Message/ });

test("a message to one variation continues it where it was, and the others stay as they are", async ({ page }) => {
  const run = await finishedRun();
  await page.goto(`${server.url}/runs/${run}`);
  await expect(field(page)).toBeVisible();
  await page.keyboard.press("m");
  await expect(field(page)).toBeFocused();
  await page.getByRole("button", { name: "To B", exact: true }).click();
  await expect(page.getByRole("button", { name: "To B", exact: true })).toHaveAttribute("aria-pressed", "false");
  await field(page).fill("Add a second line, please.");
  await field(page).press("Control+Enter");

  await expect(transcript(page, "A").getByRole("article", { name: "Message to this variation" })).toContainText(
    "Add a second line, please.",
  );
  await expect(transcript(page, "A")).toContainText("The note is as I left it.");
  await expect(transcript(page, "A")).toContainText("Added a second line.");
  await expect(field(page)).toHaveValue("");
  await expect(page.locator("[data-status]")).toHaveAttribute("data-status", "completed");
  await expect(transcript(page, "B")).not.toContainText("Follow-up");

  expect(await noteOf(run, "a")).toBe("# Note A\n\nfirst line of A\nsecond line of A\n");
  expect(await noteOf(run, "a@turn-1")).toBe("# Note A\n\nfirst line of A\n");
  expect(await noteOf(run, "b")).toBe("# Note B\n\nfirst line of B\n");
});

test("messages to agents at work are queued, can be taken back, and are given when the turn ends", async ({ page }) => {
  const run = await startRun("Write it patiently");
  await page.goto(`${server.url}/runs/${run}`);
  await expect(transcript(page, "A")).toContainText("tick 1");
  await field(page).fill("The first thought");
  await page.getByRole("button", { name: /^Send to A and B/ }).click();
  const queued = page.getByRole("list", { name: "Queued messages" });
  await expect(queued).toContainText("The first thought");
  await field(page).fill("A better thought");
  await page.getByRole("button", { name: /^Send to A and B/ }).click();
  await queued.getByRole("listitem").filter({ hasText: "The first thought" }).getByRole("button", { name: "Withdraw" }).click();
  await expect(queued.getByRole("listitem")).toHaveCount(1);

  for (const letter of ["A", "B"]) {
    await expect(transcript(page, letter)).toContainText("A better thought", { timeout: 60_000 });
    await expect(transcript(page, letter)).toContainText("Added a second line.", { timeout: 30_000 });
    await expect(transcript(page, letter)).not.toContainText("The first thought");
  }
  await expect(queued).toBeHidden();
});

test("a draft is kept, on a phone as well, and the page stays accessible", async ({ page }) => {
  const run = await finishedRun(3);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${server.url}/runs/${run}`);
  await page.getByRole("button", { name: "To C", exact: true }).click();
  await field(page).fill("Half a thou");
  await page.reload();
  await expect(field(page)).toHaveValue("Half a thou");
  await expect(page.getByRole("button", { name: "To C", exact: true })).toHaveAttribute("aria-pressed", "false");
  const { violations } = await new AxeBuilder({ page }).include("form").analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.getByRole("button", { name: /^Send to A and B/ }).click();
  await expect(transcript(page, "A")).toContainText("Half a thou");
});

test("killed while a message waits, and again while it is answered: it is answered once", async () => {
  test.setTimeout(180_000);
  const api = apiClient(server.url);
  const run = await startRun("Write it slowly", 1);
  await api.until(run, ({ variations }) => variations[0]?.state === "running");
  const { status, body: sent } = await send(run, { text: "Go on slowly", all: true });
  expect([status, sent.recipients[0]?.state]).toEqual([202, "waiting"]);
  await server.kill("SIGKILL");
  await server.restart();

  const answering = async (): Promise<boolean> =>
    (await api.events(run)).some(({ attempt, event }) => attempt === 1 && event.type === "text.delta" && event.text.includes("tock 2"));
  await expect.poll(answering, { timeout: 60_000 }).toBe(true);
  await server.kill("SIGKILL");
  await server.restart();

  await api.until(run, (state) => state.status === "completed");
  const events = await api.events(run);
  expect(events.filter(({ event }) => event.type === "message.sent")).toHaveLength(1);
  expect(events.filter(({ event }) => event.type === "variation.requeued")).toHaveLength(1);
  expect(await noteOf(run, "a")).toBe("# Note A\n\nfirst line of A\nsecond line of A\n");
  const { body } = await api.call<{ messages: MessageResponse[] }>("GET", `/runs/${run}/messages`);
  expect(body.messages[0]?.recipients).toEqual([{ variation_id: 0, state: "delivered", attempt: 1, turn: 2 }]);
  // The conversation goes on from both turns.
  await send(run, { text: "And a third", variations: [0] });
  await api.until(run, (state) => state.status === "completed");
  expect(await noteOf(run, "a@turn-3")).toContain("third line of A");
});

test("the API says what is wrong with a message", async () => {
  const run = await finishedRun(1);
  const refused = async (body: object, status: number, field: string): Promise<void> => {
    const answer = await apiClient(server.url).call<Problem>("POST", `/runs/${run}/messages`, body);
    expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([status, field]);
  };
  await refused({ text: " ", all: true }, 422, "text");
  await refused({ text: "x" }, 422, "variations");
  await refused({ text: "x".repeat(32_001), all: true }, 422, "text");
  await refused(
    { text: "", all: true, comments: [{ on: { kind: "lines", at: "a", path: "none.md", from: 1, to: 1 }, text: "?" }] },
    400,
    "comments.0.on.path",
  );
  expect((await send(run, { text: "x", variations: [3] })).status).toBe(404);
  expect((await apiClient(server.url).call("DELETE", `/runs/${run}/messages/0123456789abcdef`)).status).toBe(404);
  expect((await apiClient(server.url).call("PATCH", `/runs/${run}/comments/0123456789abcdef-1`, { resolved: true })).status).toBe(404);
});
