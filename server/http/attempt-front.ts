import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse, STATUS_CODES } from "node:http";
import { type Duplex, Transform, type TransformCallback } from "node:stream";
import { jobName } from "@/lib/run/select";
import type { TlsFiles } from "../executors/kubernetes/kubernetes-env";
import { type PodExchange, podEndSchema } from "../executors/kubernetes/pod-exchange";
import { EGRESS_PROTOCOL } from "../executors/kubernetes/pod-gateway";
import type { LeftKind, PodSupplies } from "../executors/kubernetes/pod-supplies";
import type { ModelGateway } from "../gateway/gateway";
import type { GitStore } from "../git/git-store";
import { EGRESS_PATH, EgressRequest } from "./egress-request";
import { openTlsServer } from "./open-tls-server";
import { PodRefusal } from "./pod-refusal";
import { joinEgress, serveSupply } from "./serve-supplies";

/** Of one upload. A tree's own limit is the run's repository's; lines are what a spool may hold. */
/** For a refused tunnel to close. */
const REFUSED_MS = 5_000;
const MOST_BYTES = 600 * 1024 * 1024;
const MOST_LINE_BYTES = 64 * 1024 * 1024;
/** Of archives: what a check's reports may be, and what one set-up may fetch (`EGRESS_LIMITS`), unpacked. */
const MOST_LEFT_BYTES: Record<LeftKind, number> = { reports: 80 * 1024 ** 2, kept: 32 * 1024 ** 3 };
/** Of the list of what was left out of a tree. */
const MOST_OUTPUT = 1024 * 1024;
/** How long a request for orders is held: shorter than the idle limits of common proxies. */
const ORDER_WAIT_MS = 25_000;

export interface AttemptFrontOptions {
  gateway: Pick<ModelGateway, "listener" | "grantOf">;
  exchange: PodExchange;
  supplies: PodSupplies;
  git: Pick<GitStore, "basePack">;
  onError(error: unknown): void;
  orderWaitMs?: number;
  refusedMs?: number;
}

/** The listener that pods reach. */
export interface AttemptFront {
  port: number;
  close(): Promise<void>;
}

/**
 * Everything that a pod may ask for, and nothing else: model traffic, and below `/attempt/` what its work needs, orders, uploads, and the way
 * out of a set-up. Whose they are the token says, never a path: no pod can name another's attempt. `port` 0 picks a free one.
 */
export async function openAttemptFront(
  options: AttemptFrontOptions,
  { host, port, tls }: { host: string; port: number; tls?: TlsFiles },
): Promise<AttemptFront> {
  const answer: RequestListener = (request, response) => {
    if (!(request.url ?? "").startsWith("/attempt/")) return options.gateway.listener(request, response);
    response.on("error", () => undefined);
    serve(options, request, response).catch((error: unknown) => answerError(options, response, error));
  };
  const requests = { IncomingMessage: EgressRequest };
  const secured = tls === undefined ? undefined : await openTlsServer(tls, requests, answer, options.onError);
  const server = secured?.server ?? createServer(requests, answer);
  const tunnels = new Set<Duplex>();
  server.on("upgrade", (request, socket) => {
    tunnels.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => tunnels.delete(socket));
    tunnel(options, request, socket).catch((error: unknown) => refuseTunnel(options, socket, error));
  });
  // Large uploads over slow links; each has a limit in bytes.
  server.requestTimeout = 30 * 60_000;
  server.listen(port, host);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the pods' listener has no port");
  return {
    port: address.port,
    async close() {
      secured?.stopWatching();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      for (const socket of tunnels) socket.destroy();
      await closed;
    },
  };
}

/** The attempt, set-up or check that a request's token stands for. */
async function holderOf({ gateway, supplies }: AttemptFrontOptions, request: IncomingMessage): Promise<string> {
  const [, token] = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
  const own = token === undefined ? undefined : supplies.holderOf(token);
  if (own !== undefined) return own;
  const grant = await gateway.grantOf(request);
  if (grant === undefined) throw new PodRefusal(401, "This token stands for no running attempt.");
  return jobName(grant.runId, grant.variation, grant.attempt);
}

async function serve(options: AttemptFrontOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const name = await holderOf(options, request);
  const url = new URL(request.url ?? "/", "http://localhost");
  const asked = `${request.method} ${url.pathname.slice("/attempt/".length)}`;
  if (await serveSupply(options, name, asked, response)) return;
  switch (asked) {
    case "GET egress":
      return askForUpgrade(response);
    case "GET order":
      return sendOrder(options, name, response);
    case "POST tree":
      return takeTree(options, name, url, request, response);
    case "POST lines":
      return takeLines(options, name, url, request, response);
    case "POST reports":
      return takeLeft(options, name, "reports", request, response);
    case "POST kept":
      return takeLeft(options, name, "kept", request, response);
    case "POST end":
      return takeEnd(options, name, url, request, response);
    default:
      throw new PodRefusal(404, `The gateway has no ${asked}.`);
  }
}

async function sendOrder(options: AttemptFrontOptions, name: string, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const timeout = AbortSignal.timeout(options.orderWaitMs ?? ORDER_WAIT_MS);
  const order = await options.exchange.nextOrder(name, AbortSignal.any([gone.signal, timeout]));
  if (order === undefined) response.writeHead(204).end();
  else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(order));
}

async function takeTree(
  { exchange }: AttemptFrontOptions,
  name: string,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const head = new TreeHead();
  const body = bounded(request, MOST_BYTES);
  body.on("error", (error) => head.destroy(error));
  const output = await new Promise<string>((resolve, reject) => {
    head.once("output", resolve).once("error", reject);
    body.pipe(head);
  });
  const order = url.searchParams.get("order") ?? undefined;
  await exchange.putTree(name, { order, output, final: url.searchParams.get("final") === "1" }, head);
  response.writeHead(204).end();
}

async function takeLines(
  { exchange }: AttemptFrontOptions,
  name: string,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of bounded(request, MOST_LINE_BYTES)) chunks.push(chunk as Buffer);
  exchange.putLines(name, url.searchParams.get("order") ?? "", Buffer.concat(chunks).toString("utf8").split("\n").slice(0, -1));
  response.writeHead(204).end();
}

/** Looked into only once nobody can write to it any more. */
async function takeLeft(
  { supplies }: AttemptFrontOptions,
  name: string,
  kind: LeftKind,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const supply = await supplies.find(name);
  if (supply?.brings.includes(kind) !== true) throw new PodRefusal(403, `This pod has no ${kind} to bring.`);
  await supplies.putLeft(name, kind, bounded(request, MOST_LEFT_BYTES[kind]));
  response.writeHead(204).end();
}

async function takeEnd(
  { exchange }: AttemptFrontOptions,
  name: string,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [code, lines] = ["code", "lines"].map((name) => Number(url.searchParams.get(name)));
  if (!Number.isInteger(code) || !Number.isInteger(lines)) throw new PodRefusal(400, "code and lines must be whole numbers.");
  const end = podEndSchema.safeParse({ code, lines, cause: url.searchParams.get("cause") ?? undefined });
  if (!end.success) throw new PodRefusal(400, "cause must be timeout or unprepared, if there is one.");
  await exchange.putEnd(name, end.data, bounded(request, MOST_BYTES));
  response.writeHead(204).end();
}

/** As RFC 9110, 15.5.22 wants it. */
function askForUpgrade(response: ServerResponse): void {
  const error = `${EGRESS_PATH} leads on with Upgrade: ${EGRESS_PROTOCOL} only.`;
  const headers = { connection: "Upgrade, close", upgrade: EGRESS_PROTOCOL, "content-type": "application/json" };
  response.writeHead(426, headers).end(JSON.stringify({ error }));
}

async function tunnel(options: AttemptFrontOptions, request: IncomingMessage, socket: Duplex): Promise<void> {
  await joinEgress(options.supplies, await holderOf(options, request), socket);
}

function refuseTunnel({ onError, refusedMs = REFUSED_MS }: AttemptFrontOptions, socket: Duplex, error: unknown): void {
  if (!(error instanceof PodRefusal)) onError(error);
  const status = error instanceof PodRefusal ? error.status : 500;
  // Whoever does not close its half is not waited for long: nobody has shown a token yet.
  socket.resume();
  setTimeout(() => socket.destroy(), refusedMs).unref();
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
}

function answerError({ onError }: AttemptFrontOptions, response: ServerResponse, error: unknown): void {
  if (!(error instanceof PodRefusal) && !response.destroyed) onError(error);
  if (response.headersSent) return void response.destroy();
  const { status, message } = error instanceof PodRefusal ? error : new PodRefusal(500, "The gateway failed. Try again.");
  // What is still on its way is not read.
  response.writeHead(status, { "content-type": "application/json", connection: "close" }).end(JSON.stringify({ error: message }));
}

/** A request's body; an error where it is too large or was cut. */
function bounded(request: IncomingMessage, limit: number): Transform {
  const body = new ByteLimit(limit);
  // Until somebody reads it, a cut upload is nobody's error.
  body.on("error", () => undefined);
  const cut = (): void => {
    if (!request.complete) body.destroy(new PodRefusal(400, "The upload was cut."));
  };
  request.once("close", cut);
  if (request.destroyed) cut();
  return request.pipe(body);
}

/** Ends with an error beyond so many bytes. */
class ByteLimit extends Transform {
  constructor(private left: number) {
    super();
  }
  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.left -= chunk.length;
    if (this.left < 0) done(new PodRefusal(413, "The upload is too large."));
    else done(null, chunk);
  }
}

/** `<bytes of the output>\n<output><pack>`: emits `output` once, then is the pack. */
class TreeHead extends Transform {
  private held: Buffer | undefined = Buffer.alloc(0);

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    if (this.held === undefined) return done(null, chunk);
    this.held = Buffer.concat([this.held, chunk]);
    const end = this.held.indexOf(10);
    const size = end < 0 ? Number.NaN : Number(this.held.subarray(0, end).toString("latin1"));
    if (this.held.length > MOST_OUTPUT * 2 || size > MOST_OUTPUT || (end >= 0 && !(size >= 0)))
      return done(new PodRefusal(400, "This is no tree."));
    if (end < 0 || this.held.length < end + 1 + size) return done();
    const rest = this.held.subarray(end + 1 + size);
    this.emit("output", this.held.subarray(end + 1, end + 1 + size).toString("utf8"));
    this.held = undefined;
    done(null, rest);
  }

  override _flush(done: TransformCallback): void {
    done(this.held === undefined ? null : new PodRefusal(400, "This is no tree."));
  }
}
