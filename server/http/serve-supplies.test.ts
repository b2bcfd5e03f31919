import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { joinEgress } from "./serve-supplies";

let folder: string;
let gateway: Server;
let proxy: Server;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aid-egress-"));
  gateway = createServer().listen(0, "127.0.0.1");
  proxy = createServer().listen(join(folder, "proxy.sock"));
  await Promise.all([once(gateway, "listening"), once(proxy, "listening")]);
});
afterEach(async () => {
  gateway.close();
  proxy.close();
  await rm(folder, { recursive: true, force: true });
});

it("lets the proxy of a set-up go where the pod went before they were joined", async () => {
  const pod = connect((gateway.address() as AddressInfo).port, "127.0.0.1");
  const [socket] = (await once(gateway, "connection")) as [Socket];
  const reached = once(proxy, "connection") as Promise<[Socket]>;
  const supply = { mirrorPath: "/mirror", baseCommit: "b".repeat(40), images: [], shown: [], brings: [] };
  const joined = joinEgress(
    { find: () => Promise.resolve({ ...supply, proxySocket: join(folder, "proxy.sock") }) },
    "agent-setup-1",
    socket,
  );
  socket.destroy();
  pod.destroy();
  await joined;
  const [held] = await reached;
  held.resume();
  await expect.poll(() => held.closed, { timeout: 10_000 }).toBe(true);
});
