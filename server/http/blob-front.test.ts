import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMetrics } from "../metrics/metrics";
import { createDiffService } from "../runs/diff-service";
import type { Services } from "../services";
import { createFront } from "./front";
import { createOriginCheck } from "./origin-check";
import { createRunTrees, type RunTrees, writeTree } from "./run-trees-harness";

const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
const html = "<script>alert(1)</script>";
const big = Buffer.alloc(30_000_000, "0123456789");
const opened: { kill(): void; ended: Promise<unknown> }[] = [];
let trees: RunTrees;
let server: Server;
let url: string;

const blobOf = (text: string | Buffer): string => trees.git(trees.dir, ["hash-object", "--stdin"], text);
const get = (blob: string, headers: Record<string, string> = {}, name = "", method = "GET") =>
  fetch(`${url}/${blob}?name=${encodeURIComponent(name)}`, { headers, method });

beforeAll(async () => {
  trees = await createRunTrees("blobrun0000001", { "page.html": html, "picture.svg": svg, "empty.txt": "" });
  await trees.snapshot(0, (tree) => {
    writeTree(tree, "big.txt", big);
    writeTree(tree, "logo.png", Buffer.from([0x89, 0x50, 0, 1]));
  });
  const diffs = createDiffService(trees.writer, trees.store);
  const watched: Services["diffs"] = {
    ...diffs,
    async streamBlob(runId, blob) {
      const found = await diffs.streamBlob(runId, blob);
      return {
        ...found,
        open() {
          const stream = found.open();
          opened.push(stream);
          return stream;
        },
      };
    },
  };
  const front = createFront({
    services: {
      diffs: watched,
      log: pino({ level: "silent" }),
      metrics: createMetrics({ version: "test", now: Date.now }),
    } as unknown as Services,
    origin: createOriginCheck({ host: "127.0.0.1", port: () => (server.address() as AddressInfo).port }),
    next: async (_, response) => void response.writeHead(418).end(),
    development: false,
  });
  server = createServer(front).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/runs/${trees.runId}/blobs`;
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await trees.dispose();
});

describe("a blob", () => {
  it("is there for ever: asked again it is not sent again", async () => {
    const blob = blobOf(html);
    const first = await get(blob);
    expect([first.status, await first.text(), first.headers.get("etag")]).toEqual([200, html, `"${blob}"`]);
    expect(first.headers.get("cache-control")).toContain("immutable");
    for (const tag of [`"${blob}"`, `W/"${blob}"`, `"x", "${blob}"`, "*"]) {
      const again = await get(blob, { "if-none-match": tag });
      expect([again.status, await again.text()]).toEqual([304, ""]);
    }
    expect((await get(blob, { "if-none-match": '"x"' })).status).toBe(200);
    const head = await get(blob, {}, "", "HEAD");
    expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, String(html.length), ""]);
  });

  it.each([
    ["page.html", html, "text/plain; charset=utf-8"],
    ["picture.svg", svg, "image/svg+xml"],
    ["x.js", svg, "text/plain; charset=utf-8"],
    ["empty.txt", "", "text/plain; charset=utf-8"],
    ["logo.png", Buffer.from([0x89, 0x50, 0, 1]), "image/png"],
    ["logo", Buffer.from([0x89, 0x50, 0, 1]), "application/octet-stream"],
  ])("as %s runs nothing in a browser", async (name, content, type) => {
    const answer = await get(blobOf(content), {}, name);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, type]);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("content-security-policy")).toBe("sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:");
    expect(Buffer.from(await answer.arrayBuffer()).equals(Buffer.from(content))).toBe(true);
  });

  it.each([
    ["bytes=0-9", 206, 0, 10],
    ["bytes=15000003-15000012", 206, 15_000_003, 15_000_013],
    ["bytes=29999995-", 206, 29_999_995, 30_000_000],
    ["bytes=29999995-99999999", 206, 29_999_995, 30_000_000],
    ["bytes=-7", 206, 29_999_993, 30_000_000],
    ["bytes=30000000-", 416, 0, 0],
    ["bytes=-0", 416, 0, 0],
    ["bytes=0-1,5-6", 200, 0, 30_000_000],
    ["lines=1-2", 200, 0, 30_000_000],
    ["bytes=9-3", 200, 0, 30_000_000],
  ])("in the range %s", async (range, status, start, end) => {
    const answer = await get(blobOf(big), { range });
    expect(answer.status).toBe(status);
    const body = Buffer.from(await answer.arrayBuffer());
    if (status === 416) return expect(answer.headers.get("content-range")).toBe("bytes */30000000");
    expect(body.equals(big.subarray(start, end))).toBe(true);
    if (status === 206) expect(answer.headers.get("content-range")).toBe(`bytes ${start}-${end - 1}/30000000`);
  });

  it("is whole when it is not the one that a range began with", async () => {
    expect((await get(blobOf(html), { range: "bytes=0-3", "if-range": '"other"' })).status).toBe(200);
    expect((await get(blobOf(html), { range: "bytes=0-3", "if-range": `"${blobOf(html)}"` })).status).toBe(206);
  });

  it("of another branch, a commit or nothing is not there", async () => {
    for (const id of [trees.foreign.blob, trees.base, "1".repeat(40)]) {
      const answer = await get(id);
      expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
    }
    expect((await fetch(`${url}/main`)).status).toBe(418);
  });

  it("nobody reads any more leaves no git behind", async () => {
    const leave = new AbortController();
    const answer = await fetch(`${url}/${blobOf(big)}?name=x.png`, { signal: leave.signal });
    expect(answer.status).toBe(200);
    await pause(50);
    leave.abort();
    await Promise.all(opened.map(({ ended }) => ended));
  });
});
