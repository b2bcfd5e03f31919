// Every view and state that has a picture, in the order in which a person meets them. `documented`: the documents show it.

const heading = (page, name) => page.getByRole("heading", { name }).first().waitFor();
const firstChange = (page) => page.locator(".monaco-diff-editor .view-line, .monaco-editor .view-line").first().waitFor();

/** The run of five that has ended, once its transcripts are there. */
async function openEnded(page, scene) {
  await page.goto(`/runs/${await scene.ended()}`);
  await page
    .getByText(/Edited|Wrote/)
    .first()
    .waitFor();
}

export const views = [
  {
    name: "home-first",
    async show(page) {
      await page.goto("/");
      await page.getByRole("textbox", { name: /prompt/i }).waitFor();
    },
  },
  {
    name: "run-live",
    documented: true,
    async show(page, scene) {
      await page.goto(`/runs/${await scene.live()}`);
      await page
        .getByText(/Edited|Wrote/)
        .first()
        .waitFor();
      // A moment later all have changed something, and none is done.
      await page.waitForTimeout(900);
    },
  },
  {
    name: "run-five",
    async show(page, scene) {
      await openEnded(page, scene);
    },
  },
  {
    name: "run-maximised",
    async show(page, scene) {
      await openEnded(page, scene);
      await page.keyboard.press("3");
    },
  },
  {
    name: "diff",
    documented: true,
    async show(page, scene) {
      await page.goto(`/runs/${await scene.ended()}`);
      await page
        .getByRole("tab", { name: /diff/i })
        .or(page.getByRole("link", { name: /diff/i }))
        .first()
        .click();
      await firstChange(page);
    },
  },
  {
    name: "checks",
    documented: true,
    async show(page, scene) {
      await page.goto(`/runs/${await scene.ended()}?tab=checks`);
      await page.getByRole("grid", { name: "Gates" }).waitFor();
      await page.getByRole("button", { name: "Run all again" }).waitFor({ timeout: 120_000 });
    },
  },
  {
    name: "select",
    documented: true,
    async show(page, scene) {
      await page.goto(`/runs/${await scene.ended()}`);
      await page
        .getByRole("button", { name: /^select/i })
        .first()
        .click();
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "home",
    documented: true,
    async show(page) {
      await page.goto("/");
      await page.getByRole("textbox", { name: /prompt/i }).waitFor();
    },
  },
  {
    name: "server",
    async show(page) {
      await page.goto("/server");
      await heading(page, /server/i);
    },
  },
  ...["appearance", "provider", "prices", "agents", "limits", "retention"].map((section) => ({
    name: `settings-${section}`,
    async show(page) {
      await page.goto(`/settings/${section}`);
      await heading(page, /./);
    },
  })),
  {
    name: "projects",
    async show(page) {
      await page.goto("/projects");
      await heading(page, /projects/i);
    },
  },
  {
    name: "help",
    async show(page) {
      await page.goto("/help");
      await heading(page, /./);
    },
  },
  {
    name: "palette",
    async show(page, scene) {
      await openEnded(page, scene);
      await page.keyboard.press("Control+k");
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "find",
    async show(page, scene) {
      await openEnded(page, scene);
      await page.getByRole("button", { name: "Find in transcripts" }).click();
      await page.getByRole("textbox", { name: "Find in transcripts" }).fill("order");
      await page.getByText(/matches/).waitFor();
    },
  },
  {
    name: "not-found",
    async show(page) {
      await page.goto("/runs/thereisnosuch");
      await page.getByRole("heading").first().waitFor();
    },
  },
];
