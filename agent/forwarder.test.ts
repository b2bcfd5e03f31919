import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterEach, beforeEach, expect, it } from "vitest";
import { gatewayBaseUrl } from "./forwarder";

let folder: string;
let gateway: Server | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aid-forwarder-"));
});
afterEach(async () => {
  gateway?.closeAllConnections();
  gateway?.close();
  gateway = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function listen(path: string, answer: Parameters<typeof createServer>[1]): Promise<void> {
  const server = createServer(answer);
  gateway = server;
  await new Promise<void>((resolve) => server.listen(path, resolve));
}

it("carries a long request and its streamed answer, and takes an address as it is", async () => {
  const path = join(folder, "gateway.sock");
  await listen(path, (request, response) => {
    let length = 0;
    request.on("data", (chunk: Buffer) => (length += chunk.length));
    request.on("end", () => {
      response.write("first ");
      setTimeout(() => response.end(String(length)), 20);
    });
  });
  const base = await gatewayBaseUrl(`unix:${path}`);
  expect(base).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  for (const size of [1, 3_000_000]) {
    const answer = await fetch(`${base}/v1/messages`, { method: "POST", body: "x".repeat(size) });
    expect(await answer.text()).toBe(`first ${size}`);
  }
  expect(await gatewayBaseUrl("http://127.0.0.1:4000")).toBe("http://127.0.0.1:4000");
});

// In a process of its own: only the first request of a process was ever forgotten.
it("tells the very first request that nobody is there", async () => {
  const entry = fileURLToPath(new URL("forwarder.ts", import.meta.url));
  const bundle = join(folder, "forwarder.mjs");
  await build({ entryPoints: [entry], outfile: bundle, bundle: true, platform: "node", format: "esm", logLevel: "silent" });
  const program = `
    const { gatewayBaseUrl } = await import(${JSON.stringify(bundle)});
    const base = await gatewayBaseUrl("unix:${join(folder, "nobody.sock")}");
    const signal = AbortSignal.timeout(10_000);
    await fetch(base, { method: "POST", body: "x", signal }).then(() => console.log("answered"), (error) => console.log(error.name));
    process.exit(0);`;
  expect(execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" })).toBe("TypeError\n");
}, 30_000);

it("breaks the connection when the gateway breaks its own, and the other way round", async () => {
  const path = join(folder, "gateway.sock");
  let ended = false;
  await listen(path, (request, response) => {
    if (request.url === "/break") request.socket.destroy();
    else response.once("close", () => (ended = true)).write("x");
  });
  const base = await gatewayBaseUrl(`unix:${path}`);
  await expect(fetch(`${base}/break`, { method: "POST", body: "x" })).rejects.toThrow("fetch failed");
  const leave = new AbortController();
  await fetch(base, { signal: leave.signal });
  leave.abort();
  await expect.poll(() => ended, { timeout: 5_000 }).toBe(true);
});
