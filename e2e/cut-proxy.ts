import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A wire between browser and server that can be cut: every connection through it breaks at once. */
export interface CutProxy {
  url: string;
  port: number;
  /** Where it leads; to be set once the server has a port. */
  target: number;
  cut(): void;
  close(): Promise<void>;
}

/** Listens on loopback, on a free port. */
export async function createCutProxy(): Promise<CutProxy> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(proxy.target, "127.0.0.1");
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        open.delete(socket);
        other.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const proxy: CutProxy = {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    target: 0,
    cut() {
      for (const socket of open) socket.resetAndDestroy();
    },
    async close() {
      proxy.cut();
      server.close();
      await once(server, "close");
    },
  };
  return proxy;
}
