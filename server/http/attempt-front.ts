import { once } from "node:events";
import { createReadStream } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Transform, type TransformCallback } from "node:stream";
import { pipeline } from "node:stream/promises";
import { jobName } from "@/lib/run/select";
import type { PodExchange } from "../executors/kubernetes/pod-exchange";
import type { AttemptGrant, ModelGateway } from "../gateway/gateway";
import type { GitStore } from "../git/git-store";
import type { RunImages } from "../storage/run-images";

/** Of one upload. A tree's own limit is the run's repository's; lines are what a spool may hold. */
const MOST_BYTES = 600 * 1024 * 1024;
const MOST_LINE_BYTES = 64 * 1024 * 1024;
/** Of the list of what was left out of a tree. */
const MOST_OUTPUT = 1024 * 1024;
/** How long a request for orders is held: shorter than the idle limits of common proxies. */
const ORDER_WAIT_MS = 25_000;

export interface AttemptFrontOptions {
  gateway: Pick<ModelGateway, "listener" | "grantOf">;
  exchange: PodExchange;
  git: Pick<GitStore, "packCommits">;
  images: Pick<RunImages, "path">;
  /** Full commit ids that an attempt's tree is made of: its base, and the snapshot that it goes on from; none without a base. */
  commitsOf(grant: Pick<AttemptGrant, "runId" | "variation">): Promise<string[]>;
  onError(error: unknown): void;
  orderWaitMs?: number;
}

/** The listener that pods reach. */
export interface AttemptFront {
  port: number;
  close(): Promise<void>;
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Everything that a pod may ask for, and nothing else: model traffic, and below `/attempt/` its base, pictures, orders and uploads. Whose they
 * are the token says, never a path: no pod can name another's attempt. `port` 0 picks a free one.
 */
export async function openAttemptFront(
  options: AttemptFrontOptions,
  { host, port }: { host: string; port: number },
): Promise<AttemptFront> {
  const server = createServer((request, response) => {
    if (!(request.url ?? "").startsWith("/attempt/")) return options.gateway.listener(request, response);
    response.on("error", () => undefined);
    serve(options, request, response).catch((error: unknown) => answerError(options, response, error));
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
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(options: AttemptFrontOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const grant = await options.gateway.grantOf(request);
  if (grant === undefined) throw new Refusal(401, "This token stands for no running attempt.");
  const url = new URL(request.url ?? "/", "http://localhost");
  const asked = `${request.method} ${url.pathname.slice("/attempt/".length)}`;
  const image = /^GET images\/(\d{1,2})$/.exec(asked)?.[1];
  if (image !== undefined) return sendImage(options, grant, Number(image), response);
  switch (asked) {
    case "GET base":
      return sendBase(options, grant, response);
    case "GET order":
      return sendOrder(options, grant, response);
    case "POST tree":
      return takeTree(options, grant, url, request, response);
    case "POST lines":
      return takeLines(options, grant, url, request, response);
    case "POST end":
      return takeEnd(options, grant, url, request, response);
    default:
      throw new Refusal(404, `The gateway has no ${asked}.`);
  }
}

const nameOf = ({ runId, variation, attempt }: AttemptGrant): string => jobName(runId, variation, attempt);

async function sendBase({ git, commitsOf }: AttemptFrontOptions, grant: AttemptGrant, response: ServerResponse): Promise<void> {
  const commits = await commitsOf(grant);
  if (commits.length === 0) throw new Refusal(404, "This run has no base.");
  response.setHeader("content-type", "application/x-git-pack");
  await pipeline(git.packCommits(grant.runId, commits), response);
}

async function sendImage({ images }: AttemptFrontOptions, { runId }: AttemptGrant, index: number, response: ServerResponse): Promise<void> {
  response.setHeader("content-type", "application/octet-stream");
  await pipeline(createReadStream(images.path(runId, index)), response);
}

async function sendOrder(options: AttemptFrontOptions, grant: AttemptGrant, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const timeout = AbortSignal.timeout(options.orderWaitMs ?? ORDER_WAIT_MS);
  const order = await options.exchange.nextOrder(nameOf(grant), AbortSignal.any([gone.signal, timeout]));
  if (order === undefined) response.writeHead(204).end();
  else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(order));
}

async function takeTree(
  { exchange }: AttemptFrontOptions,
  grant: AttemptGrant,
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
  await exchange.putTree(nameOf(grant), { order, output, final: url.searchParams.get("final") === "1" }, head);
  response.writeHead(204).end();
}

async function takeLines(
  { exchange }: AttemptFrontOptions,
  grant: AttemptGrant,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of bounded(request, MOST_LINE_BYTES)) chunks.push(chunk as Buffer);
  exchange.putLines(nameOf(grant), url.searchParams.get("order") ?? "", Buffer.concat(chunks).toString("utf8").split("\n").slice(0, -1));
  response.writeHead(204).end();
}

async function takeEnd(
  { exchange }: AttemptFrontOptions,
  grant: AttemptGrant,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [code, lines] = ["code", "lines"].map((name) => Number(url.searchParams.get(name)));
  if (!Number.isInteger(code) || !Number.isInteger(lines)) throw new Refusal(400, "code and lines must be whole numbers.");
  await exchange.putEnd(nameOf(grant), { code: code ?? 0, lines: lines ?? 0 }, bounded(request, MOST_BYTES));
  response.writeHead(204).end();
}

function answerError({ onError }: AttemptFrontOptions, response: ServerResponse, error: unknown): void {
  if (!(error instanceof Refusal) && !response.destroyed) onError(error);
  if (response.headersSent) return void response.destroy();
  const { status, message } = error instanceof Refusal ? error : new Refusal(500, "The gateway failed. Try again.");
  // What is still on its way is not read.
  response.writeHead(status, { "content-type": "application/json", connection: "close" }).end(JSON.stringify({ error: message }));
}

/** A request's body; an error where it is too large or was cut. */
function bounded(request: IncomingMessage, limit: number): Transform {
  const body = new ByteLimit(limit);
  request.once("close", () => {
    if (!request.complete) body.destroy(new Refusal(400, "The upload was cut."));
  });
  return request.pipe(body);
}

/** Ends with an error beyond so many bytes. */
class ByteLimit extends Transform {
  constructor(private left: number) {
    super();
  }
  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.left -= chunk.length;
    if (this.left < 0) done(new Refusal(413, "The upload is too large."));
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
      return done(new Refusal(400, "This is no tree."));
    if (end < 0 || this.held.length < end + 1 + size) return done();
    const rest = this.held.subarray(end + 1 + size);
    this.emit("output", this.held.subarray(end + 1, end + 1 + size).toString("utf8"));
    this.held = undefined;
    done(null, rest);
  }

  override _flush(done: TransformCallback): void {
    done(this.held === undefined ? null : new Refusal(400, "This is no tree."));
  }
}
