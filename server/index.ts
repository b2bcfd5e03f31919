import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import next from "next";
import packageJson from "../package.json" with { type: "json" };
import { createServices } from "./create-services";
import { lockDataFolder, tellOwner } from "./data-lock";
import { ConfigurationError, type Env, provideNextAuthAddress, readEnv } from "./env";
import { createFront } from "./http/front";
import { createOriginCheck } from "./http/origin-check";
import { createSocketCheck } from "./realtime/socket-check";
import { serveSockets } from "./realtime/socket-gateway";
import { createSocketServer } from "./realtime/socket-server";
import { provideServices } from "./services";
import { createShutdown } from "./shutdown";

/** Both `server/index.ts` and the bundle `dist/server.mjs` lie one folder below the program's root. */
const root = fileURLToPath(new URL("..", import.meta.url));

async function main(env: Env): Promise<void> {
  lockDataFolder(env.dataDir, env.publicUrl ?? `http://${env.host}:${env.port}`);
  const { services, bootId, drain } = await createServices(env, root, packageJson.version);
  provideServices(services);
  provideNextAuthAddress(env);
  const app = next({ dev: !env.production, dir: root, hostname: env.host, port: env.port });
  await app.prepare();

  const server = createServer();
  const port = (): number => (server.address() as AddressInfo).port;
  const origin = createOriginCheck({ host: env.host, port, publicUrl: env.publicUrl });
  server.on("request", createFront({ services, origin, next: app.getRequestHandler(), development: !env.production }));

  const io = createSocketServer(server, createSocketCheck(origin, services.access));
  serveSockets(io, services.feed, { bootId, version: services.version }, services.log);

  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(inUse(error) ? portTaken(env.port) : error));
    server.listen(env.port, env.host, resolve);
  });
  const address = env.publicUrl ?? `http://${env.host}:${port()}`;
  tellOwner(env.dataDir, { pid: process.pid, address, local: localAddress(env.host, port()) });
  process.stdout.write(`AIdeator ${services.version} is ready at ${address}\n`);

  const shutdown = createShutdown({
    stopRuns: () => services.runs.stopAll(),
    close: () => io.close().then(drain),
    log: services.log,
    exit: (code) => process.exit(code),
  });
  process.on("SIGTERM", shutdown);
  process.on("SIGINT", shutdown);
}

/** Where programs on this machine reach it. */
function localAddress(host: string, port: number): string {
  if (host === "0.0.0.0" || host === "::") return `http://127.0.0.1:${port}`;
  return `http://${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}`;
}

function inUse(error: Error): boolean {
  return "code" in error && error.code === "EADDRINUSE";
}

function portTaken(port: number): ConfigurationError {
  return new ConfigurationError(`PORT ${port} is taken by another program. Set PORT to a free one, for example PORT=${port + 1}.`);
}

try {
  await main(readEnv());
} catch (error) {
  const text =
    error instanceof ConfigurationError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`AIdeator cannot start.\n${text}\n`);
  process.exit(1);
}
