import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { Services } from "../services";
import { createFront } from "./front";
import { createOriginCheck } from "./origin-check";

test("a request whose client left before the answer is not counted as answered", async () => {
  const counted: { route: string; status: number }[] = [];
  const metrics = { request: (one: { route: string; status: number }) => counted.push(one) };
  let port = 0;
  let arrived: () => void;
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const front = createFront({
    services: { metrics } as unknown as Services,
    origin: createOriginCheck({ host: "127.0.0.1", port: () => port }),
    async next(_, response) {
      arrived();
      await once(response, "close");
    },
    development: false,
  });
  const server = createServer(front).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
  const asking = request({ host: "127.0.0.1", port, path: "/runs/abcdefabcdef" });
  asking.on("error", () => undefined);
  asking.end();
  await arrival;
  asking.destroy();
  await expect.poll(() => counted.map(({ route, status }) => [route, status]), { timeout: 10_000 }).toEqual([["/runs/{id}", 499]]);
});
