import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { chmod, mkdir, rm } from "node:fs/promises";
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { dirname } from "node:path";
import type { Duplex } from "node:stream";
import { resolvePublic } from "../git/address-guard";
import { type EgressRule, findEgressRule } from "./egress-rules";

export interface EgressOptions {
  /** Its folder holds nothing else and is what the sandbox sees. */
  socketPath: string;
  rules: readonly EgressRule[];
  limits?: Partial<EgressLimits>;
  /** Each host that was refused, once, with the reason. */
  onRefused: (host: string, reason: string) => void;
}

export interface EgressLimits {
  /** Both directions. */
  connectionBytes: number;
  totalBytes: number;
  /** Without a byte for so long a connection ends. */
  idleMs: number;
  connectionMs: number;
  /** At once. */
  connections: number;
}

export interface EgressProxy {
  /** Hosts that were reached, with what went through. */
  reached(): { host: string; connections: number; bytes: number }[];
  close(): Promise<void>;
}

const GIB = 1024 ** 3;
export const EGRESS_LIMITS: EgressLimits = {
  connectionBytes: 2 * GIB,
  totalBytes: 8 * GIB,
  idleMs: 60_000,
  connectionMs: 15 * 60_000,
  connections: 256,
};
const CONNECT_TIMEOUT_MS = 20_000;
/** Of RFC 9110, 7.6.1: they belong to one connection. */
const HOP_HEADERS = [
  "connection",
  "proxy-connection",
  "proxy-authorization",
  "proxy-authenticate",
  "keep-alive",
  "te",
  "trailer",
  "upgrade",
];

/** Why a host may not be reached, in words for whoever reads the set-up's output. */
class Refusal extends Error {}

/**
 * The only way out of a set-up sandbox: an HTTP proxy (RFC 9110: CONNECT, and requests in absolute form) on a unix socket, that lets through
 * what is on its list. It looks names up itself and dials the very address that it checked, so that no name leads into the server's own
 * network unless the operator named it. What goes through a tunnel is not looked at.
 */
export async function createEgressProxy({ socketPath, rules, onRefused, ...given }: EgressOptions): Promise<EgressProxy> {
  const limits = { ...EGRESS_LIMITS, ...given.limits };
  const reached = new Map<string, { connections: number; bytes: number }>();
  const refused = new Set<string>();
  const open = new Set<Socket>();
  let total = 0;

  function refuse(host: string, reason: string): Refusal {
    if (!refused.has(host)) onRefused(host, reason);
    refused.add(host);
    return new Refusal(`${host}: ${reason}`);
  }

  /** The address to dial. */
  async function admit(host: string, port: number): Promise<string> {
    const shown = port === 80 || port === 443 ? host : `${host}:${port}`;
    const rule = findEgressRule(rules, host, port);
    if (rule === undefined) throw refuse(shown, "not in the allow-list; add it to the domains of the project's environment");
    if (open.size >= limits.connections) throw new Refusal(`more than ${limits.connections} connections at once`);
    if (total >= limits.totalBytes) throw refuse(shown, `this set-up has moved more than ${limits.totalBytes} bytes`);
    const address = await (rule.byOperator ? anyAddress(host) : resolvePublic(host)).catch(() => {
      throw refuse(shown, "this name was not found");
    });
    if (address === undefined) {
      throw refuse(shown, "not an address of the public internet; the operator of the server can allow it with AIDEATOR_EGRESS_HOSTS");
    }
    return address;
  }

  /** Watches one connection to `host` for its limits. */
  function account(host: string, upstream: Socket): void {
    const entry = reached.get(host) ?? { connections: 0, bytes: 0 };
    reached.set(host, { ...entry, connections: entry.connections + 1 });
    open.add(upstream);
    let [read, written] = [0, 0];
    const count = (): void => {
      const moved = upstream.bytesRead - read + (upstream.bytesWritten - written);
      [read, written] = [upstream.bytesRead, upstream.bytesWritten];
      total += moved;
      const sum = reached.get(host);
      if (sum !== undefined) sum.bytes += moved;
      if (read + written > limits.connectionBytes || total > limits.totalBytes) upstream.destroy(new Error("more bytes than allowed"));
    };
    // Whoever uses it hears of its end; that alone must not be an uncaught error.
    upstream.on("error", () => undefined);
    upstream.on("data", count);
    upstream.on("drain", count);
    upstream.setTimeout(limits.idleMs, () => upstream.destroy(new Error("idle for too long")));
    const timer = setTimeout(() => upstream.destroy(new Error("open for too long")), limits.connectionMs);
    timer.unref();
    upstream.once("close", () => {
      clearTimeout(timer);
      count();
      open.delete(upstream);
    });
  }

  async function dial(host: string, port: number): Promise<Socket> {
    const address = await admit(host, port);
    const upstream = connect({ host: address, port });
    account(host, upstream);
    const timer = setTimeout(() => upstream.destroy(new Error("no answer")), CONNECT_TIMEOUT_MS);
    try {
      await once(upstream, "connect");
      return upstream;
    } finally {
      clearTimeout(timer);
    }
  }

  async function tunnel(target: string, client: Duplex, head: Buffer): Promise<void> {
    const { host, port } = authority(target);
    const upstream = await dial(host, port);
    client.on("error", () => upstream.destroy());
    client.on("close", () => upstream.destroy());
    upstream.on("error", () => client.destroy());
    upstream.on("close", () => client.destroy());
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    if (head.length > 0) upstream.write(head);
    client.pipe(upstream).pipe(client);
  }

  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = URL.canParse(request.url ?? "") ? new URL(request.url ?? "") : undefined;
    if (url?.protocol !== "http:") throw new Refusal("this is a proxy: send CONNECT, or a request in absolute form");
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const upstream = await dial(host, url.port === "" ? 80 : Number(url.port));
    const passed = request.rawHeaders.flatMap((name, at, all): [string, string][] =>
      at % 2 === 0 && !HOP_HEADERS.includes(name.toLowerCase()) && name.toLowerCase() !== "host" ? [[name, all[at + 1] ?? ""]] : [],
    );
    const outgoing = httpRequest({
      createConnection: () => upstream,
      method: request.method,
      path: url.pathname + url.search,
      setHost: false,
      headers: { host: url.host, ...Object.fromEntries(passed), connection: "close" },
    });
    const answered = once(outgoing, "response") as Promise<[IncomingMessage]>;
    outgoing.on("error", () => upstream.destroy());
    response.once("close", () => upstream.destroy());
    request.pipe(outgoing);
    const [incoming] = await answered;
    const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !HOP_HEADERS.includes(name)));
    response.writeHead(incoming.statusCode ?? 502, headers);
    incoming.on("error", () => response.destroy());
    incoming.pipe(response);
  }

  const server = createServer((request, response) => {
    response.on("error", () => undefined);
    forward(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(error instanceof Refusal ? 403 : 502, { "content-type": "text/plain" }).end(`${reasonOf(error)}\n`);
    });
  });
  // Tunnels are no longer the server's own connections.
  const clients = new Set<Socket>();
  server.on("connection", (client: Socket) => {
    clients.add(client);
    client.once("close", () => clients.delete(client));
  });
  server.on("connect", (request: IncomingMessage, client: Duplex, head: Buffer) => {
    client.on("error", () => client.destroy());
    tunnel(request.url ?? "", client, head).catch((error: unknown) => {
      const status = error instanceof Refusal ? "403 Forbidden" : "502 Bad Gateway";
      const text = `${reasonOf(error)}\n`;
      client.end(
        `HTTP/1.1 ${status}\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
      );
    });
  });
  await mkdir(dirname(socketPath), { recursive: true });
  await rm(socketPath, { force: true });
  server.listen(socketPath);
  await once(server, "listening");
  // The folder above it says who may come here.
  await chmod(socketPath, 0o666);
  return {
    reached: () => [...reached].map(([host, entry]) => ({ host, ...entry })),
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of [...clients, ...open]) socket.destroy();
      await closed;
    },
  };
}

/** The operator said so: whatever the name stands for. */
async function anyAddress(host: string): Promise<string | undefined> {
  return (await lookup(host)).address;
}

/** `host:port` of a CONNECT (RFC 9110, 9.3.6). */
function authority(target: string): { host: string; port: number } {
  const [, host = "", port = ""] = /^(\[[0-9a-fA-F:.]+\]|[^\s:/@]+):(\d{1,5})$/.exec(target) ?? [];
  if (host === "") throw new Refusal("CONNECT needs a host and a port");
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

function reasonOf(error: unknown): string {
  return `aideator: ${error instanceof Error ? error.message : String(error)}`;
}
