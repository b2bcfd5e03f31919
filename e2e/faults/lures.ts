import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a sandbox must not reach: a file with a secret, a port, and sockets, which note who comes. */
export interface Lures {
  folder: string;
  /** The secret in the file. */
  canary: string;
  canaryFile: string;
  port: number;
  unixSocket: string;
  /** Without the NUL that begins such a name. */
  abstractSocket: string;
  count: number;
  /** Who came: one entry per connection. */
  reached(): string[];
  /** Forgets who came so far. */
  reset(): void;
  dispose(): Promise<void>;
}

/** All of them are open to everybody: what keeps a sandbox away must be the sandbox. */
export async function createLures(): Promise<Lures> {
  const folder = await mkdtemp(join(tmpdir(), "aid-lures-"));
  await chmod(folder, 0o777);
  const canary = `canary-${randomBytes(16).toString("hex")}`;
  const canaryFile = join(folder, "secret.txt");
  await writeFile(canaryFile, `${canary}\n`, { mode: 0o644 });
  const abstractSocket = `aid-lure-${randomBytes(6).toString("hex")}`;
  const unixSocket = join(folder, "lure.sock");
  const reached: string[] = [];
  const servers: Server[] = [];

  async function listen(name: string, on: { port: number; host: string } | { path: string }): Promise<Server> {
    const server = createServer((socket) => {
      reached.push(name);
      socket.on("error", () => undefined);
      socket.end();
    });
    servers.push(server);
    server.listen(on);
    await once(server, "listening");
    return server;
  }

  const tcp = await listen("a port of the host", { port: 0, host: "0.0.0.0" });
  const address = tcp.address();
  await listen("a socket by its path", { path: unixSocket });
  await chmod(unixSocket, 0o666);
  await listen("an abstract socket", { path: `\0${abstractSocket}` });
  return {
    folder,
    canary,
    canaryFile,
    port: typeof address === "object" && address !== null ? address.port : 0,
    unixSocket,
    abstractSocket,
    count: servers.length,
    reached: () => reached,
    reset: () => void reached.splice(0),
    async dispose() {
      for (const server of servers) server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
