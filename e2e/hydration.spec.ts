import { expect, test } from "@playwright/test";
import { apiClient, ended } from "./api-client";
import { startServer, type TestServer } from "./server";

let server: TestServer;
/** Five variations that are done, with markdown and code in their transcripts. */
let address: string;

test.beforeAll(async () => {
  server = await startServer({ AIDEATOR_MAX_RUNNING: "5" });
  const api = apiClient(server.url);
  const sample = (await api.setup()).sample_repository?.url;
  const line_up = Array.from({ length: 5 }, () => ({ model: "script:edits" }));
  const { run_id } = await api.startRun({ github_url: sample, prompt: "Write the notes", line_up });
  await api.until(run_id, ended);
  address = `${server.url}/runs/${run_id}`;
  // The server loads its own parts with the first request.
  await fetch(address);
});

test.afterAll(() => server.dispose());

test("texts are sent once, as they will stand there", async () => {
  const html = await (await fetch(address)).text();
  expect(html).toMatch(/I am <strong>variation A<\/strong> of a scripted model/);
  // One boundary for the page as a whole; what is in one of its own would be sent apart and put in its place later.
  expect(html).not.toContain('id="B:1"');
});

test("a slow browser brings the page to life without taking anything back", async ({ page }) => {
  const faults: string[] = [];
  page.on("pageerror", ({ message }) => faults.push(message));
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 6 });
  for (let load = 0; load < 3; load += 1) {
    await page.goto(address);
    const code = page.getByRole("button", { name: "Copy the code" });
    await expect(code).toHaveCount(5);
    // Coloured once the grammars are there: the last thing that comes.
    await expect(page.locator('[role="log"] pre .hljs-built_in').first()).toBeVisible();
    await page.getByRole("tab", { name: "Diff" }).click();
    await expect(page.getByRole("tree", { name: "Changed files" })).toBeVisible();
  }
  expect(faults).toEqual([]);
});
