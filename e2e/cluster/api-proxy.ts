import { once } from "node:events";
import type { request as httpRequest } from "node:http";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import type { AddressInfo } from "node:net";
import type { KubeConfig } from "@kubernetes/client-node";

/** Between the server and the API server, on loopback without TLS: a wire that can be cut, and words that the API server seldom says. */
export interface ApiProxy {
  url: string;
  /** Breaks every connection that is open. */
  cut(): void;
  /** The next watches are told that their history is gone. */
  expire(watches: number): void;
  /** While true nobody is connected. */
  away: boolean;
  cuts: number;
  expired: number;
  close(): Promise<void>;
}

/** Passes everything on as it is, credentials included; TLS to the cluster is that of the kubeconfig. */
export async function openApiProxy(config: KubeConfig): Promise<ApiProxy> {
  const target = new URL(config.getCurrentCluster()?.server ?? "");
  const open = new Set<{ response: ServerResponse; upstream: ReturnType<typeof httpRequest> }>();
  let toExpire = 0;

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (proxy.away) return void request.socket.destroy();
    const isWatch = (request.url ?? "").includes("watch=1");
    if (isWatch && toExpire > 0) {
      toExpire -= 1;
      proxy.expired += 1;
      const gone = { kind: "Status", status: "Failure", code: 410, reason: "Expired", message: "too old resource version" };
      // As the API server says it: as an event of a watch that began well.
      response.writeHead(200, { "content-type": "application/json" }).end(`${JSON.stringify({ type: "ERROR", object: gone })}\n`);
      return;
    }
    const tls: RequestOptions = { headers: {} };
    await config.applyToHTTPSOptions(tls);
    // The certificate of whoever runs the suite must not speak for the server.
    const { ca, rejectUnauthorized } = tls;
    const options = {
      method: request.method,
      headers: { ...request.headers, host: target.host },
      ca,
      rejectUnauthorized,
      agent: false as const,
    };
    const upstream = httpsRequest(new URL(request.url ?? "/", target), options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.on("error", () => response.destroy());
      answer.pipe(response);
    });
    const pair = { response, upstream };
    open.add(pair);
    upstream.on("error", () => response.destroy());
    response.on("close", () => {
      open.delete(pair);
      upstream.destroy();
    });
    request.pipe(upstream);
  }

  const server = createServer((request, response) => void pass(request, response).catch(() => response.destroy()));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy: ApiProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    away: false,
    cuts: 0,
    expired: 0,
    cut() {
      proxy.cuts += open.size;
      for (const { response } of open) response.destroy();
    },
    expire(watches) {
      toExpire += watches;
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return proxy;
}
