import { mkdtemp, rm } from "node:fs/promises";
import { createServer, request, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEgressProxy, type EgressLimits, type EgressProxy } from "./egress-proxy";
import { findEgressRule, parseEgressRule } from "./egress-rules";

let folder: string;
let upstream: Server;
let port: number;
let proxy: EgressProxy | undefined;
const refused: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aid-egress-"));
  refused.length = 0;
  upstream = createServer((incoming, response) => {
    const length = Number(new URL(incoming.url ?? "", "http://x").searchParams.get("bytes") ?? 0);
    response.setHeader("x-seen", JSON.stringify(incoming.headers));
    response.end(length > 0 ? "x".repeat(length) : `${incoming.method} ${incoming.url} for ${incoming.headers.host}`);
  });
  upstream.listen(0, "127.0.0.1");
  await new Promise((resolve) => upstream.once("listening", resolve));
  port = (upstream.address() as AddressInfo).port;
});
afterEach(async () => {
  await proxy?.close();
  proxy = undefined;
  upstream.closeAllConnections();
  upstream.close();
  await rm(folder, { recursive: true, force: true });
});

const rule = (text: string, byOperator = false) => {
  const parsed = parseEgressRule(text, byOperator);
  if (parsed === undefined) throw new Error(`no rule: ${text}`);
  return parsed;
};

async function open(operator: string[], project: string[] = [], limits: Partial<EgressLimits> = {}): Promise<string> {
  const socketPath = join(folder, "proxy.sock");
  const rules = [...operator.map((text) => rule(text, true)), ...project.map((text) => rule(text))];
  proxy = await createEgressProxy({ socketPath, rules, limits, onRefused: (host, reason) => refused.push(`${host}: ${reason}`) });
  return socketPath;
}

/** A request in absolute form. */
function get(
  socketPath: string,
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string; seen?: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, path: url, headers: { host: new URL(url).host, ...headers } }, (incoming) => {
      let text = "";
      incoming.on("data", (chunk: Buffer) => (text += chunk.toString()));
      incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, text, seen: incoming.headers["x-seen"] as string }));
      incoming.on("error", reject);
    });
    outgoing.on("error", reject).end();
  });
}

/** Everything that comes back through a tunnel, after `text` was sent into it. */
function through(socketPath: string, target: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    const client = connect(socketPath);
    let answer = "";
    client.on("data", (chunk: Buffer) => {
      if (answer === "") client.write(text);
      answer += chunk.toString();
    });
    client.on("error", () => undefined);
    client.on("close", () => resolve(answer));
    client.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
  });
}

describe("the list", () => {
  it.each([
    "",
    "*",
    "*.org",
    "*.10.0.0.1",
    "http://a.example",
    "a.example/x",
    "a b",
    "a.example:0",
    "a.example:99999",
    "-a.example",
    "a..b",
  ])("takes no %j", (text) => expect(parseEgressRule(text, false)).toBeUndefined());

  it("means a host, or everything below one, at 80 and 443 or at one port", () => {
    const rules = [rule("a.example"), rule("*.b.example"), rule("c.example:8443")];
    const found = (host: string, at: number): boolean => findEgressRule(rules, host, at) !== undefined;
    expect([found("A.example.", 443), found("a.example", 80), found("x.y.b.example", 443), found("c.example", 8443)]).toEqual([
      true,
      true,
      true,
      true,
    ]);
    const not: [string, number][] = [
      ["a.example", 22],
      ["x.a.example", 443],
      ["b.example", 443],
      ["evilb.example", 443],
      ["c.example", 443],
      ["a.example.evil.example", 443],
    ];
    for (const [host, at] of not) expect(found(host, at)).toBe(false);
  });
});

describe("the proxy", () => {
  it("passes on what the operator allows, in both forms, and counts it", async () => {
    const socketPath = await open([`127.0.0.1:${port}`, `localhost:${port}`]);
    const answer = await get(socketPath, `http://127.0.0.1:${port}/a?b=1`, { "proxy-authorization": "Basic eA==", "x-own": "yes" });
    expect(answer).toMatchObject({ status: 200, text: `GET /a?b=1 for 127.0.0.1:${port}` });
    expect(answer.seen).toContain("x-own");
    expect(answer.seen).not.toContain("proxy-authorization");
    const tunnelled = await through(socketPath, `localhost:${port}`, "GET /t HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    expect(tunnelled).toContain("200 Connection established");
    expect(tunnelled).toContain("GET /t for h");
    const reached = proxy?.reached() ?? [];
    expect(reached.map(({ host, connections }) => [host, connections])).toEqual([
      ["127.0.0.1", 1],
      ["localhost", 1],
    ]);
    expect(reached.every(({ bytes }) => bytes > 50)).toBe(true);
    expect(refused).toEqual([]);
  });

  it("refuses what is not on the list, and says it once", async () => {
    const socketPath = await open([], ["a.example"]);
    expect(await get(socketPath, "http://b.example/")).toMatchObject({ status: 403 });
    expect(await through(socketPath, "b.example:443", "")).toContain("403 Forbidden");
    expect(await through(socketPath, "a.example:22", "")).toContain("403 Forbidden");
    expect(refused).toEqual([
      "b.example: not in the allow-list; add it to the domains of the project's environment",
      "a.example:22: not in the allow-list; add it to the domains of the project's environment",
    ]);
  });

  it("lets no project reach inside, by name or by number", async () => {
    const socketPath = await open([], [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, "169.254.169.254"]);
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) {
      expect(await through(socketPath, host, "GET / HTTP/1.0\r\n\r\n")).toContain("403 Forbidden");
    }
    expect((await get(socketPath, "http://169.254.169.254/latest/meta-data")).text).toContain("not an address of the public internet");
    expect(refused).toHaveLength(4);
    expect(proxy?.reached()).toEqual([]);
  });

  it("is a proxy and nothing else", async () => {
    const socketPath = await open([`127.0.0.1:${port}`]);
    expect(await get(socketPath, `https://127.0.0.1:${port}/`)).toMatchObject({ status: 403 });
    expect(await through(socketPath, "no-port", "")).toContain("403 Forbidden");
    expect(await through(socketPath, `user@127.0.0.1:${port}`, "")).toContain("403 Forbidden");
    upstream.closeAllConnections();
    upstream.close();
    expect(await through(socketPath, `127.0.0.1:${port}`, "")).toContain("502 Bad Gateway");
  });

  it("ends a connection, and then all, at their limits", async () => {
    const socketPath = await open([`127.0.0.1:${port}`], [], { connectionBytes: 200_000, totalBytes: 500_000 });
    const big = (): Promise<unknown> =>
      get(socketPath, `http://127.0.0.1:${port}/?bytes=400000`).then(
        (answer) => answer.text.length,
        () => 0,
      );
    expect(await get(socketPath, `http://127.0.0.1:${port}/?bytes=1000`)).toMatchObject({ status: 200 });
    expect(await big()).not.toBe(400_000);
    for (let n = 0; n < 3; n += 1) await big();
    expect(await get(socketPath, `http://127.0.0.1:${port}/`)).toMatchObject({ status: 403 });
  });

  it("ends a connection on which nothing happens", async () => {
    const socketPath = await open([`127.0.0.1:${port}`], [], { idleMs: 50 });
    expect(await through(socketPath, `127.0.0.1:${port}`, "GET / HT")).toContain("200 Connection established");
  });
});
