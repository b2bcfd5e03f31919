import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { apiClient } from "./api-client";
import { startServer, type TestServer } from "./server";

const TOKEN = "a-long-access-token";
const NEXT_TOKEN = "the-token-after-it";
/** Read at each start of the server. */
const env: Record<string, string> = { AIDEATOR_ACCESS_TOKEN: TOKEN, AIDEATOR_SCRIPTS: join(import.meta.dirname, "scripts") };
let server: TestServer;
let runId: string;

test.beforeAll(async () => {
  server = await startServer(env);
  const api = apiClient(server.url, { authorization: `Bearer ${TOKEN}` });
  const sample = (await api.setup()).sample_repository?.url;
  ({ run_id: runId } = await api.startRun({ github_url: sample, prompt: "Sort by due date", line_up: [{ model: "script:edits" }] }));
  await api.until(runId, ({ status }) => status === "completed");
});
test.afterAll(() => server.dispose());

const field = (page: Page) => page.getByLabel("Access token");

async function signIn(page: Page, token = TOKEN): Promise<void> {
  await field(page).fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
}

async function live(page: Page): Promise<void> {
  await expect(page.getByRole("banner").locator("[data-connection]")).toHaveAttribute("data-connection", "live");
}

test("a person signs in, gets to where they were going, and what is open closes when they sign out", async ({ page, context }) => {
  await page.goto(`${server.url}/runs/${runId}?tab=diff`);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(field(page)).toBeFocused();

  await signIn(page, "not the token");
  await expect(page.getByRole("alert").filter({ hasText: "This is not the server's access token." })).toBeVisible();
  await expect(field(page)).toHaveAccessibleDescription(/This is not the server's access token/);
  await expect(field(page)).toBeFocused();
  await expect(field(page)).toHaveValue("");

  await signIn(page);
  await page.waitForURL(`${server.url}/runs/${runId}?tab=diff`);
  await live(page);
  const cookies = await context.cookies();
  expect(cookies.find(({ name }) => name === "aideator.session-token")).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });

  const other = await context.newPage();
  await other.goto(`${server.url}/login?callbackUrl=https://evil.example/`);
  await other.waitForURL(`${server.url}/`);
  await live(other);
  await other.keyboard.press("Control+k");
  await other.keyboard.type("sign out");
  await other.getByRole("option", { name: "Sign out" }).click();
  await expect(other.getByRole("heading", { name: "Sign in" })).toBeVisible();
  // The other tab showed a run, and shows it no longer.
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(page).toHaveURL(/callbackUrl=%2Fruns%2F/);

  // A copy of the cookie opens nothing.
  await context.addCookies(cookies);
  expect((await page.request.get(`${server.url}/api/v1/runs`)).status()).toBe(401);
});

test("the bar has a way out, and nothing is left of what comes with signing in but that", async ({ page }) => {
  await page.goto(server.url);
  await signIn(page);
  await live(page);
  for (const path of ["providers", "signout", "error", "verify-request", "signin/credentials", "_log"]) {
    expect((await page.request.get(`${server.url}/api/auth/${path}`)).status(), path).toBe(404);
  }
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});

for (const theme of ["dark", "light"] as const) {
  test(`the login page is for everybody, ${theme}, on a screen of any width`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme });
    await page.goto(server.url);
    await expect(field(page)).toBeFocused();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await signIn(page, `wrong in ${theme}`);
    await expect(page.getByRole("alert").filter({ hasText: "not the server's" })).toBeVisible();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
    expect(scrollWidth).toBe(clientWidth);
  });
}

test("signing in needs no scripts", async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${server.url}/settings/appearance`);
  await signIn(page);
  await expect(page).toHaveURL(`${server.url}/settings/appearance`);
  await context.close();
});

test("git clones with the token as password", async () => {
  const into = await mkdtemp(join(tmpdir(), "aid-clone-"));
  const clone = (password: string) =>
    promisify(execFile)("git", ["clone", "-q", `${server.url.replace("//", `//me:${password}@`)}/git/runs/${runId}`, into], {
      env: { ...process.env, GIT_TERMINAL_PROMPT: "0" },
    });
  try {
    await expect(clone("not-the-token")).rejects.toThrow(/Authentication failed/);
    await clone(TOKEN);
  } finally {
    await rm(into, { recursive: true, force: true });
  }
});

test("a session outlives a restart of the server, and ends with the token", async ({ page }) => {
  await page.goto(`${server.url}/runs/${runId}`);
  await signIn(page);
  await live(page);
  await server.kill("SIGTERM");
  await server.restart();
  await live(page);
  await page.reload();
  await live(page);

  await server.kill("SIGTERM");
  env.AIDEATOR_ACCESS_TOKEN = NEXT_TOKEN;
  env.AIDEATOR_ACCESS_TOKEN_PREVIOUS = TOKEN;
  await server.restart();
  // By itself: the connection comes back and is refused.
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible({ timeout: 30_000 });
  const bearer = (token: string) => page.request.get(`${server.url}/api/v1/runs`, { headers: { authorization: `Bearer ${token}` } });
  expect((await bearer(TOKEN)).status()).toBe(200);
  await signIn(page, NEXT_TOKEN);
  await live(page);
});

test("after a few wrong tokens everybody at that address waits, and is told how long", async ({ page }) => {
  const bearer = (token: string) => page.request.get(`${server.url}/api/v1/runs`, { headers: { authorization: `Bearer ${token}` } });
  await page.goto(server.url);
  // Whatever was tried before this counts as well.
  await expect
    .poll(async () => (await bearer(`guess ${Math.random()}`)).status(), { intervals: [0], message: "guesses are answered without a wait" })
    .toBe(429);
  expect(Number((await bearer(NEXT_TOKEN)).headers()["retry-after"])).toBeGreaterThan(0);
  await signIn(page, NEXT_TOKEN);
  await expect(page.getByText(/Too many wrong tokens came from your address/)).toBeVisible();
  await expect(async () => {
    await signIn(page, NEXT_TOKEN);
    await live(page);
  }).toPass();
  expect(server.output()).toContain("a wrong access token was given");
  expect(server.output()).not.toContain("guess 0.");
});

/** As a proxy with TLS passes it on. */
function proxied(
  server: TestServer,
  path: string,
  body?: string,
  cookie = "",
): Promise<{ status: number; headers: IncomingHttpHeaders; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      host: "ide.example.com",
      accept: "text/html",
      cookie,
      "x-forwarded-proto": "https",
      "x-forwarded-for": "203.0.113.9",
      ...(body === undefined ? {} : { origin: "https://ide.example.com", "content-type": "application/x-www-form-urlencoded" }),
    };
    const sent = httpRequest(server.url + path, { method: body === undefined ? "GET" : "POST", headers }, (response) => {
      let text = "";
      response.on("data", (part) => (text += String(part)));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

test("behind a proxy with TLS, cookies are for TLS and this host only, and forms are answered", async () => {
  const behind = await startServer({ AIDEATOR_ACCESS_TOKEN: TOKEN, AIDEATOR_PUBLIC_URL: "https://ide.example.com" });
  const jar = new Map<string, string>();
  const visit = async (path: string, body?: string) => {
    const answer = await proxied(behind, path, body, [...jar].map((pair) => pair.join("=")).join("; "));
    for (const cookie of answer.headers["set-cookie"] ?? []) {
      expect(cookie).toMatch(/^__Host-aideator\..*; Path=\/;.*HttpOnly; Secure; SameSite=Lax$/);
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      jar.set(name, value);
    }
    return answer;
  };
  try {
    const sent = await visit("/api/auth/signin?callbackUrl=%2Fsettings");
    expect(sent.headers.location).toBe("/login?callbackUrl=%2Fsettings");
    const csrf = /name="csrfToken" value="([0-9a-f]{64})"/.exec((await visit("/login?callbackUrl=%2Fsettings")).text)?.[1] ?? "";
    const form = (fields: Record<string, string>) => visit("/api/auth/callback/credentials", new URLSearchParams(fields).toString());
    const forged = await form({ csrfToken: "0".repeat(64), token: TOKEN, callbackUrl: "/settings" });
    expect(forged.headers.location).toMatch(/^\/api\/auth\/signin/);
    expect((await visit("/api/v1/runs")).status).toBe(401);
    const signedIn = await form({ csrfToken: csrf, token: TOKEN, callbackUrl: "https://evil.example/" });
    expect([signedIn.status, signedIn.headers.location]).toEqual([302, "/"]);
    expect((await visit("/api/v1/runs")).status).toBe(200);
  } finally {
    await behind.dispose();
  }
});

test("where there is no token there is nothing to sign in to", async ({ page }) => {
  const open = await startServer();
  try {
    for (const path of ["/login", "/api/auth/csrf", "/api/auth/signin", "/api/auth/session", "/%61pi/auth/csrf"]) {
      expect((await page.request.get(open.url + path)).status(), path).toBe(404);
    }
    await page.goto(open.url);
    await live(page);
    await expect(page.getByRole("button", { name: "Sign out" })).toBeHidden();
  } finally {
    await open.dispose();
  }
});
