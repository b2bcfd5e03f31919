import { once } from "node:events";
import { connect, createServer } from "node:net";

/** `unix:<path>` → a base URL on this sandbox's own loopback; an `http…` address is used as it is. */
export async function gatewayBaseUrl(gateway: string): Promise<string> {
  if (!gateway.startsWith("unix:")) return gateway;
  const path = gateway.slice("unix:".length);
  const server = createServer({ allowHalfOpen: true }, (client) => {
    client.on("error", () => client.destroy());
    // HTTP clients speak first. A connection that breaks before its first byte is not always noticed by Node's fetch, which then waits for ever.
    client.once("data", (first: Buffer) => {
      const upstream = connect({ path, allowHalfOpen: true });
      upstream.write(first);
      // An error on one side ends the other: the client library sees a broken connection and tries again.
      client.on("error", () => upstream.destroy());
      upstream.on("error", () => client.destroy());
      client.pipe(upstream).pipe(client);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  server.unref();
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the forwarder has no port");
  return `http://127.0.0.1:${address.port}`;
}
