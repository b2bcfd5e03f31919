import AxeBuilder from "@axe-core/playwright";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { apiClient } from "./api-client";
import { startServer, type TestServer } from "./server";

let server: TestServer;

test.beforeAll(async () => {
  server = await startServer({ AIDEATOR_MAX_RUNNING: "5" });
});
test.afterAll(() => server.dispose());

async function startRun(model: string, variations: number): Promise<string> {
  const api = apiClient(server.url);
  const sample = (await api.setup()).sample_repository?.url;
  const line_up = Array.from({ length: variations }, () => ({ model }));
  return (await api.startRun({ github_url: sample, prompt: "Make the retry policy configurable", line_up })).run_id;
}

async function finishedRun(page: Page, variations: number): Promise<string> {
  const run = await startRun("script:notes", variations);
  await apiClient(server.url).until(run, ({ status }) => status === "completed");
  await page.goto(`${server.url}/runs/${run}`);
  return run;
}

const pane = (page: Page, letter: string): Locator => page.getByRole("region", { name: `Variation ${letter}`, exact: true });
const transcript = (page: Page, letter: string): Locator => pane(page, letter).getByRole("log");
const lengthOf = async (log: Locator): Promise<number> => (await log.innerText()).length;

/** The letters of the panes from left to right. */
async function order(page: Page): Promise<string[]> {
  const panes = page.getByRole("region", { name: /^Variation [A-E]$/ });
  const placed = await panes.evaluateAll((elements) =>
    elements.map((element) => ({ name: element.getAttribute("aria-label") ?? "", left: element.getBoundingClientRect().left })),
  );
  return placed.sort((one, other) => one.left - other.left).map(({ name }) => name.slice(-1));
}

const seemsAtEnd = (log: Locator): Promise<boolean> => log.evaluate((box) => box.scrollHeight - box.clientHeight - box.scrollTop < 40);

test("whoever reads or selects is left alone while agents write, and finds the way back to the latest", async ({ page }) => {
  const run = await startRun("script:stream", 2);
  await page.goto(`${server.url}/runs/${run}`);
  const log = transcript(page, "A");
  // Machines with other work on them need their time to stream that far.
  await expect(log).toContainText("Step 3 of variation A", { timeout: 45_000 });
  await expect.poll(() => seemsAtEnd(log)).toBe(true);

  // A few words of what is being written right now.
  const words = await log.evaluate(async (box) => {
    const lastText = (): Text | undefined => {
      const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
      let last: Text | undefined;
      while (walker.nextNode() !== null) last = walker.currentNode as Text;
      return last;
    };
    const isOpen = (node: Text | undefined): node is Text => node !== undefined && node.length > 30 && /^(The policy|tick)/.test(node.data);
    let node = lastText();
    while (!isOpen(node)) {
      await new Promise(requestAnimationFrame);
      node = lastText();
    }
    document.getSelection()?.setBaseAndExtent(node, 4, node, 20);
    return String(document.getSelection());
  });
  expect(words).toHaveLength(16);
  const pill = pane(page, "A").getByRole("button", { name: /\d+ new$/ });
  await expect(pill).toBeVisible();
  const before = await lengthOf(log);
  await expect.poll(() => lengthOf(log)).toBeGreaterThan(before + 1_500);
  expect(await page.evaluate(() => String(document.getSelection()))).toBe(words);
  expect(await seemsAtEnd(log)).toBe(false);

  await pill.click();
  await expect(pill).toBeHidden();
  await expect.poll(() => seemsAtEnd(log)).toBe(true);

  await log.hover();
  await page.mouse.wheel(0, -600);
  await expect(pill).toBeVisible();
  const place = await log.evaluate((box) => box.scrollTop);
  const grown = await lengthOf(log);
  await expect.poll(() => lengthOf(log)).toBeGreaterThan(grown + 200);
  expect(Math.abs((await log.evaluate((box) => box.scrollTop)) - place)).toBeLessThan(4);
  // B was not touched by any of this.
  expect(await seemsAtEnd(transcript(page, "B"))).toBe(true);
  await log.focus();
  await page.keyboard.press("End");
  await expect(pill).toBeHidden();
  await page.getByRole("button", { name: "Stop all" }).click();
});

test("finds in one pane and in all of them, in what is folded too", async ({ page }) => {
  await finishedRun(page, 3);
  await transcript(page, "A").focus();
  await page.keyboard.press("/");
  const field = page.getByRole("textbox", { name: "Find in transcripts" });
  await expect(field).toBeFocused();
  await expect(field).toHaveAttribute("placeholder", "Find in A");
  await page.keyboard.type("HIDDEN-needle");
  const count = page.getByRole("search").getByRole("status");
  // 30 lines of output, and once in the command's own row.
  await expect(count).toHaveText("31 matches");
  await expect(transcript(page, "A").getByText("ok 30 - hidden-needle")).toBeHidden();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await expect(count).toHaveText("2 of 31");
  await expect(transcript(page, "A").getByText("ok 30 - hidden-needle")).toBeVisible();
  const shown = await page.evaluate(() => CSS.highlights.get("find")?.size);
  expect(shown).toBe(31);
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.press("Shift+Enter");
  await expect(count).toHaveText("31 of 31");

  await page.getByRole("button", { name: "All panes" }).click();
  await expect(count).toHaveText("93 matches");
  await field.fill("7 - hidden-needle in the output of C");
  await expect(count).toHaveText("3 matches");
  await page.getByRole("button", { name: "Next match" }).click();
  await expect(count).toHaveText("1 of 3");
  await expect(transcript(page, "C").getByText("ok 7 - hidden-needle")).toBeInViewport();
  await field.fill("nowhere to be found");
  await expect(count).toHaveText("No matches");
  await field.press("Escape");
  await expect(field).toBeHidden();
  expect(await page.evaluate(() => CSS.highlights.size)).toBe(0);
});

test("panes stand, and stay, as they were put", async ({ page }) => {
  await finishedRun(page, 3);
  expect(await order(page)).toEqual(["A", "B", "C"]);
  await transcript(page, "A").click();
  await page.keyboard.press(">");
  await expect.poll(() => order(page)).toEqual(["B", "A", "C"]);
  // By its head, to the left of everything.
  await pane(page, "C")
    .getByText("completed")
    .dragTo(pane(page, "B").getByText("completed"), { targetPosition: { x: 0, y: 4 }, force: true });
  await expect.poll(() => order(page)).not.toEqual(["B", "A", "C"]);
  const placed = await order(page);

  // A key means the variation, wherever it stands.
  await page.keyboard.press("1");
  await expect(pane(page, "A")).toBeVisible();
  await expect(pane(page, "B")).toBeHidden();
  await page.keyboard.press("Escape");
  await expect(pane(page, "B")).toBeVisible();

  const [left = "A", right = "B"] = placed;
  const separator = page.getByRole("separator", { name: `Width of ${left} and ${right}` });
  await separator.focus();
  for (let press = 0; press < 3; press += 1) await page.keyboard.press("ArrowRight");
  const width = async (letter: string): Promise<number> => Math.round((await pane(page, letter).boundingBox())?.width ?? 0);
  await expect.poll(async () => (await width(left)) - (await width(right))).toBeGreaterThan(60);
  const wide = await width(left);
  // The decision stands at the same places in the diff.
  const cell = async (): Promise<number> =>
    Math.round(
      (
        await page
          .getByRole("button", { name: `Select ${right}` })
          .filter({ visible: true })
          .boundingBox()
      )?.x ?? 0,
    );
  const inLive = await cell();
  await page.getByRole("tab", { name: /Diff/ }).click();
  await expect(page.getByRole("list", { name: "Scoreboard" })).toBeVisible();
  expect(Math.abs((await cell()) - inLive)).toBeLessThan(3);
  await page.getByRole("tab", { name: "Live" }).click();

  await page.reload();
  await expect.poll(() => order(page)).toEqual(placed);
  await expect.poll(() => width(left)).toBe(wide);

  await page.getByRole("button", { name: "More for B" }).click();
  await page.getByRole("menuitem", { name: "Hide B" }).click();
  await expect(pane(page, "B")).toHaveCount(0);
  // What is not looked at may win all the same.
  await page.getByRole("tab", { name: "Diff" }).click();
  await expect(page.getByRole("list", { name: "Scoreboard" }).getByRole("listitem")).toHaveCount(3);
  await page.getByRole("tab", { name: "Live" }).click();
  await page.reload();
  await expect(page.getByRole("button", { name: "Layout: 2 of 3 panes" })).toBeVisible();
  await expect(pane(page, "B")).toHaveCount(0);
  await page.getByRole("button", { name: "Layout: 2 of 3 panes" }).click();
  await page.getByRole("menuitemcheckbox", { name: /^B/ }).click();
  await expect(pane(page, "B")).toBeVisible();
  await page.getByRole("menuitem", { name: "All panes, same width" }).click();
  await expect.poll(() => order(page)).toEqual(["A", "B", "C"]);
  await expect.poll(async () => Math.abs((await width("A")) - (await width("C")))).toBeLessThan(3);
});

test("a fault in one pane leaves the others, and the pane comes back", async ({ page }) => {
  // On its way to the page one of B's plans is broken, as a newer server or a bad proxy might break it; the next one is whole.
  let broken = 0;
  await page.routeWebSocket(/socket\.io/, (socket) => {
    const upstream = socket.connectToServer();
    upstream.onMessage((message) => {
      const text = String(message);
      if (broken > 0 || !text.includes('"plan.updated"')) return socket.send(message);
      const events = /"variation":1,[^{}]*"event":\{"type":"plan\.updated","items":\[.*?\]\}/;
      const changed = text.replace(events, (event) => {
        broken += 1;
        return event.replace(/"items":\[.*\]/, '"items":null');
      });
      socket.send(changed);
    });
  });
  const run = await startRun("script:stream", 2);
  await page.goto(`${server.url}/runs/${run}`);
  const alert = pane(page, "B").getByRole("alert");
  await expect(alert).toContainText("The transcript of B could not be shown.");
  await expect(alert).toContainText(/null/);
  expect(broken).toBe(1);
  await expect(transcript(page, "A")).toContainText("Step 2 of variation A");
  await expect(pane(page, "B").getByRole("button", { name: "Select B" })).toBeVisible();
  await alert.getByRole("button", { name: "Show again" }).click();
  await expect(transcript(page, "B")).toContainText("Step 2 of variation B");
  await expect(pane(page, "B").getByText("1 of 3")).toBeVisible();
  await page.getByRole("button", { name: "Stop all" }).click();
});

test("an address leads to an item, also where its pane was hidden", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const run = await finishedRun(page, 3);
  await transcript(page, "B").getByText("Now the files.").hover();
  await page.getByRole("button", { name: "Copy a link" }).click();
  await expect(page.getByText("Link copied")).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toMatch(new RegExp(`/runs/${run}#event=\\d+$`));
  await page.getByRole("button", { name: "More for B" }).click();
  await page.getByRole("menuitem", { name: "Hide B" }).click();
  await expect(pane(page, "B")).toHaveCount(0);
  await page.goto("about:blank");
  await page.goto(link);
  await expect(transcript(page, "B").getByText("Now the files.")).toBeInViewport();
  await expect(transcript(page, "B").locator("[data-marked]")).toContainText("Now the files.");

  // Any event of the log has its place: the end of a command leads to the command, unfolded.
  const events = await apiClient(server.url).events(run);
  const ended = events.find(
    ({ variation, event }) => variation === 2 && event.type === "tool.output" && event.text.includes("hidden-needle"),
  );
  await page.goto("about:blank");
  await page.goto(`${server.url}/runs/${run}?tab=diff#event=${ended?.seq}`);
  await expect(transcript(page, "C").getByText("ok 30 - hidden-needle")).toBeVisible();
  await expect(transcript(page, "C").locator("[data-marked]")).toContainText("Ran");

  // By keyboard: the item above, its text.
  await page.keyboard.press("Escape");
  await transcript(page, "A").focus();
  await page.keyboard.press("k");
  await expect(transcript(page, "A").locator("[data-marked]")).toHaveCount(1);
  await page.keyboard.press("k");
  await page.keyboard.press("c");
  await expect(page.getByText("Text copied")).toBeVisible();
});

for (const [theme, width] of [
  ["dark", 1_440],
  ["light", 1_440],
  ["dark", 390],
  ["light", 390],
] as const) {
  test(`nobody is shut out: ${theme}, ${width} px`, async ({ browser }) => {
    const context = await browser.newContext({ colorScheme: theme, viewport: { width, height: 844 }, reducedMotion: "reduce" });
    const page = await context.newPage();
    await finishedRun(page, 2);
    await expect(transcript(page, "A")).toContainText("All of it is written");
    // Known once the panes were laid out.
    if (width > 700) await expect(page.getByRole("separator").first()).toHaveAttribute("aria-valuenow", /\d/);
    const violations = async (): Promise<unknown> => {
      const found = (await new AxeBuilder({ page }).analyze()).violations;
      return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    };
    expect(await violations()).toEqual([]);
    await page.getByRole("button", { name: "Find in transcripts" }).click();
    await page.keyboard.type("policy");
    await expect(page.getByRole("search").getByRole("status")).toContainText("match");
    expect(await violations()).toEqual([]);
    await page.keyboard.press("Escape");
    if (width === 390) {
      await page.getByRole("navigation", { name: "Variations" }).getByRole("button").nth(1).click();
      await expect(transcript(page, "B")).toBeInViewport();
      await expect(page.getByRole("button", { name: "Select B" })).toBeInViewport();
      await page.keyboard.press("s");
      await expect(page.getByRole("dialog", { name: "Select B as the winner" })).toBeVisible();
    }
    await context.close();
  });
}
