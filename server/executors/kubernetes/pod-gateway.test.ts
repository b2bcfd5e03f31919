import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createPodGateway, type PodGateway } from "./pod-gateway";

let folder: string;
let server: Server;
let gateway: PodGateway;
let requests: number;
let answer: (response: ServerResponse) => void;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aid-pod-gateway-"));
  requests = 0;
  server = createServer((_, response) => {
    requests += 1;
    answer(response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  gateway = createPodGateway(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, "token");
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

/** An answer that breaks in the middle. */
function breakOff(response: ServerResponse): void {
  response.writeHead(200, { "content-length": 1_000 }).write("half", () => response.destroy());
}

it("takes an answer that broke from its beginning", async () => {
  answer = (response) => (requests === 1 ? breakOff(response) : response.end("whole"));
  await gateway.download("base", join(folder, "base"));
  expect(await readFile(join(folder, "base"), "utf8")).toBe("whole");
});

it("gives up where answers break again and again: that is no server that is away", async () => {
  answer = breakOff;
  await expect(gateway.download("base", join(folder, "base"))).rejects.toThrow(/^base broke 5 times: ./);
  expect(requests).toBe(5);
});

it("gives up where what came cannot be kept", async () => {
  answer = (response) => response.end("whole");
  await expect(gateway.download("base", join(folder, "no/such/folder"))).rejects.toThrow(/^base broke 5 times: ENOENT/);
});

it("gives up at once where the server does not know it any more", async () => {
  answer = (response) => response.writeHead(401).end();
  await expect(gateway.order()).rejects.toThrow("HTTP 401");
  expect(requests).toBe(1);
});
