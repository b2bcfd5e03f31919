import { once } from "node:events";
import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import pino from "pino";
import { io as connect, type Socket } from "socket.io-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestAccess, type TestAccess } from "../access/access-harness";
import { createMetrics } from "../metrics/metrics";
import { createSocketCheck } from "../realtime/socket-check";
import { createSocketServer, type SocketServer } from "../realtime/socket-server";
import type { Services } from "../services";
import { createFront } from "./front";
import { createOriginCheck } from "./origin-check";

const TOKEN = "a-long-access-token";
const PREVIOUS = "the-token-before-it";
const PUBLIC = "https://ide.example.com";

let time: number;
let test: TestAccess;
let server: Server;
let sockets: SocketServer;
let port: number;
/** What came through to Next, with the address that it is counted for. */
let reached: { url?: string; client: unknown }[];
const clients: Socket[] = [];

beforeEach(async () => {
  time = Date.now();
  reached = [];
  test = await createTestAccess({ token: TOKEN, previous: PREVIOUS, behindProxy: true, now: () => time });
  const log = pino({ level: "silent" });
  const origin = createOriginCheck({ host: "127.0.0.1", port: () => port, publicUrl: PUBLIC });
  const services = { access: test.access, log, metrics: createMetrics({ version: "test", now: Date.now }) } as unknown as Services;
  const front = createFront({
    services,
    origin,
    async next(request, response) {
      reached.push({ url: request.url, client: request.headers["x-aideator-client"] });
      if (request.url !== "/slow") return void response.writeHead(200).end("in");
      response.writeHead(200).write("begun");
    },
    development: false,
  });
  server = createServer(front).listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
  sockets = createSocketServer(server, createSocketCheck(origin, test.access));
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  server.closeAllConnections();
  await sockets.close();
});

interface Asked {
  method?: string;
  headers?: Record<string, string>;
}

function ask(
  path: string,
  { method = "GET", headers = {} }: Asked = {},
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      let body = "";
      response.on("data", (part) => (body += String(part)));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end();
  });
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const password = (token: string): Record<string, string> => ({ authorization: `Basic ${Buffer.from(`ada:${token}`).toString("base64")}` });
const guess = (n: number): Promise<unknown> => ask("/api/v1/runs", { headers: bearer(`guess number ${n}`) });

describe("without proof", () => {
  it.each([
    "/api/v1/runs",
    "/api/runs",
    "/metrics",
    "/api/v1/runs/abcdefabcdef/stream",
    "/api/v1/runs/abcdefabcdef/blobs/00",
    "/_next/image",
    "/api/auth/session",
    "/api/auth/csrf",
  ])("%s is shut", async (path) => {
    const { status, headers, body } = await ask(path);
    expect([status, headers["content-type"], JSON.parse(body).code]).toEqual([401, "application/problem+json", "unauthorized"]);
    expect(reached).toEqual([]);
  });

  it.each(["/api/v1/health", "/login", "/_next/static/chunks/a.js", "/api/auth/signin?callbackUrl=%2F"])("%s is open", async (path) => {
    expect((await ask(path)).status).toBe(200);
    expect(reached).toEqual([{ url: path, client: "127.0.0.1" }]);
  });

  it("a person is led to the login page, which knows the way back", async () => {
    const { status, headers } = await ask("/runs/abc?tab=diff", { headers: { accept: "text/html,*/*" } });
    expect([status, headers.location]).toEqual([302, "/api/auth/signin?callbackUrl=%2Fruns%2Fabc%3Ftab%3Ddiff"]);
  });

  it("git is asked for a password", async () => {
    const { status, headers } = await ask("/git/runs/abcdefabcdef/info/refs?service=git-upload-pack");
    expect([status, headers["www-authenticate"]]).toEqual([401, 'Basic realm="AIdeator", charset="UTF-8"']);
  });

  it.each(["localhost.evil.example", "evil.example"])("no name but its own is answered, open or not: %s", async (host) => {
    for (const path of ["/login", "/api/v1/health", "/api/v1/runs"]) expect((await ask(path, { headers: { host } })).status).toBe(403);
  });
});

describe("with the token", () => {
  it("programs come in by header, whatever case its scheme is in", async () => {
    for (const authorization of [`Bearer ${TOKEN}`, `bearer ${TOKEN}`]) {
      expect((await ask("/api/v1/runs", { headers: { authorization } })).status).toBe(200);
    }
    expect((await ask("/metrics", { headers: bearer(TOKEN) })).body).toContain("process_cpu");
  });

  it("the one before is taken from programs until it is removed, and the log says once that it is in use", async () => {
    for (let n = 0; n < 3; n += 1) expect((await ask("/api/v1/runs", { headers: bearer(PREVIOUS) })).status).toBe(200);
    expect(test.access.trySignIn(PREVIOUS, "127.0.0.1")).toEqual({ admitted: false, because: "wrong" });
    expect(test.logged.filter((line) => line.includes("still uses"))).toHaveLength(1);
    expect(test.logged.join()).not.toContain(PREVIOUS);
  });

  it("a password counts for git only: elsewhere browsers would send it along by themselves", async () => {
    expect((await ask("/api/v1/runs", { headers: password(TOKEN) })).status).toBe(401);
    expect((await ask("/git/nothing", { headers: password(TOKEN) })).status).toBe(404);
    expect((await ask("/git/nothing", { headers: password("wrong") })).status).toBe(401);
  });

  it("a scraper may use any name for the server; a page of another site may not come along", async () => {
    const host = "10.42.0.7:3000";
    expect((await ask("/metrics", { headers: { host, ...bearer(TOKEN) } })).status).toBe(200);
    expect((await ask("/metrics", { headers: { host, ...bearer("wrong") } })).status).toBe(403);
    expect((await ask("/metrics", { headers: { host, cookie: await test.signedIn("one") } })).status).toBe(403);
    expect((await ask("/metrics", { headers: { host, origin: "http://evil.example", ...bearer(TOKEN) } })).status).toBe(403);
    expect((await ask("/api/v1/runs", { headers: { origin: PUBLIC, host: "ide.example.com", ...bearer(TOKEN) } })).status).toBe(200);
  });

  it("a name nobody knows is no way to try tokens without being counted", async () => {
    for (let n = 0; n < 5; n += 1) await ask("/api/v1/health", { headers: { host: "evil.example", ...bearer(`guess number ${n}`) } });
    expect(test.access.waitS("127.0.0.1")).toBe(1);
  });
});

describe("with a session", () => {
  it("everything is open to its own pages", async () => {
    const cookie = await test.signedIn("one");
    expect((await ask("/", { headers: { cookie, accept: "text/html" } })).status).toBe(200);
    expect((await ask("/api/auth/session", { headers: { cookie } })).status).toBe(200);
    expect(reached.at(-1)?.url).toBe("/api/auth/session");
    expect((await ask("/api/v1/runs", { headers: { cookie, origin: "http://evil.example" } })).status).toBe(403);
  });

  it("a day later it is renewed with the next page, and not with every picture", async () => {
    const cookie = await test.signedIn("one");
    time += 25 * 3_600_000;
    expect((await ask("/api/v1/runs", { headers: { cookie } })).headers["set-cookie"]).toBeUndefined();
    const { headers } = await ask("/", { headers: { cookie, accept: "text/html" } });
    expect(headers["set-cookie"]).toEqual([
      expect.stringMatching(/^aideator\.session-token=\S+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=2592000$/),
    ]);
  });

  it("a stream that is under way ends with it", async () => {
    const cookie = await test.signedIn("one");
    const ended = ask("/slow", { headers: { cookie } }).then(
      () => "complete",
      () => "cut off",
    );
    await expect.poll(() => reached.length, { timeout: 10_000 }).toBe(1);
    await test.access.sessions.end("one");
    expect(await ended).toBe("cut off");
  });
});

describe("guessing", () => {
  it("is slowed down over all doors together, with the time to wait, and logged without what was tried", async () => {
    for (let n = 0; n < 3; n += 1) await guess(n);
    await ask("/git/runs/abcdefabcdef", { headers: password("a guess at git") });
    expect(test.access.trySignIn("a guess in the form", "127.0.0.1")).toMatchObject({ because: "wrong" });
    const api = await ask("/api/v1/runs", { headers: bearer(TOKEN) });
    expect([api.status, api.headers["retry-after"], JSON.parse(api.body).code]).toEqual([429, "1", "too_many_requests"]);
    const git = await ask("/git/runs/abcdefabcdef", { headers: password(TOKEN) });
    expect([git.status, git.headers["retry-after"]]).toEqual([429, "1"]);
    expect(test.access.trySignIn(TOKEN, "127.0.0.1")).toEqual({ admitted: false, because: "waiting", waitS: 1 });
    expect(test.logged).toHaveLength(5);
    expect(test.logged.join()).toMatch(/127\.0\.0\.1.*bearer/);
    expect(test.logged.join()).not.toMatch(/guess/);
    time += 1_000;
    expect((await ask("/api/v1/runs", { headers: bearer(TOKEN) })).status).toBe(200);
  });

  it("keeps nobody else out: not other addresses, not who is signed in", async () => {
    const from = (address: string): Record<string, string> => ({ "x-forwarded-for": address });
    for (let n = 0; n < 9; n += 1)
      await ask("/api/v1/runs", { headers: { ...bearer(`guess number ${n}`), ...from(`10.0.0.${n}, 203.0.113.66`) } });
    const runs = (headers: Record<string, string>): Promise<number> => ask("/api/v1/runs", { headers }).then(({ status }) => status);
    expect(await runs({ ...bearer(TOKEN), ...from("203.0.113.66") })).toBe(429);
    expect(await runs({ ...bearer(TOKEN), ...from("203.0.113.67") })).toBe(200);
    expect(await runs({ cookie: await test.signedIn("one"), ...from("203.0.113.66") })).toBe(200);
    expect((await ask("/api/v1/health", { headers: from("203.0.113.66") })).status).toBe(200);
  });

  it("a client cannot say itself who it is counted for", async () => {
    await ask("/login", { headers: { "x-aideator-client": "198.51.100.1" } });
    expect(reached).toEqual([{ url: "/login", client: "127.0.0.1" }]);
  });
});

describe("sockets", () => {
  /** Resolves to "connected" or to why not. */
  async function open(headers: Record<string, string>): Promise<{ client: Socket; state: string }> {
    const client = connect(`http://127.0.0.1:${port}`, {
      transports: ["websocket"],
      reconnection: false,
      forceNew: true,
      extraHeaders: headers,
    });
    clients.push(client);
    const state = await new Promise<string>((resolve) => {
      client.once("connect", () => resolve("connected"));
      client.once("connect_error", () => resolve("refused"));
    });
    return { client, state };
  }

  it("are opened by a session or the header, and by nothing else", async () => {
    expect((await open({ cookie: await test.signedIn("one") })).state).toBe("connected");
    expect((await open(bearer(TOKEN))).state).toBe("connected");
    expect((await open({})).state).toBe("refused");
    expect((await open(bearer("wrong"))).state).toBe("refused");
    expect((await open(password(TOKEN))).state).toBe("refused");
    expect((await open({ cookie: await test.signedIn("one"), origin: "http://evil.example" })).state).toBe("refused");
  });

  it("are closed when their session is signed out of, and stay closed; those of others stay open", async () => {
    const cookie = await test.signedIn("mine");
    const [mine, other] = [await open({ cookie }), await open({ cookie: await test.signedIn("other") })];
    const closed = new Promise((resolve) => mine.client.once("disconnect", resolve));
    await test.access.sessions.end("mine");
    expect(await closed).toBe("io server disconnect");
    expect((await open({ cookie })).state).toBe("refused");
    expect(other.client.connected).toBe(true);
  });
});
