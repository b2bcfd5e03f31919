import { type IncomingMessage, type RequestOptions, request } from "node:http";
import type { Duplex, Readable } from "node:stream";
import { z } from "zod";

/** Docker Engine API, https://docs.docker.com/reference/api/engine/version/v1.41/: Docker since 20.10, Podman since 4.0. */
const API_VERSION = "v1.41";
/** Of one answer; lists of a thousand containers stay far below. */
const ANSWER_LIMIT = 16_000_000;
const TIMEOUT_MS = 30_000;

/** The engine refused, or did not answer at all: then `status` is 0. */
export class EngineError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export interface EngineCall {
  query?: Record<string, string>;
  body?: unknown;
  /** Without an answer for so long it is an `EngineError`. */
  timeoutMs?: number;
}

/** One engine's API, by its unix socket. Every method rejects with `EngineError`. */
export interface EngineApi {
  socketPath: string;
  /** The answer as JSON; undefined where it has no content. */
  call(method: "GET" | "POST" | "DELETE", path: string, call?: EngineCall): Promise<unknown>;
  /** The answer's body as it comes; of `/images/create` one JSON object after the other. */
  stream(method: "POST", path: string, call: EngineCall & { send?: Readable }): Promise<IncomingMessage>;
  /** Both outputs of a container from here on, as `createDemultiplexer` takes them. Also of one that is not started yet. */
  attach(container: string): Promise<Duplex | Readable>;
}

const messageSchema = z.object({ message: z.string() });

/** See `EngineApi`. Nothing is asked yet. */
export function createEngineApi(socketPath: string): EngineApi {
  const options = (method: string, path: string, { query = {}, timeoutMs = TIMEOUT_MS }: EngineCall): RequestOptions => {
    const search = new URLSearchParams(query).toString();
    return { socketPath, method, path: `/${API_VERSION}${path}${search === "" ? "" : `?${search}`}`, timeout: timeoutMs };
  };

  async function stream(method: string, path: string, call: EngineCall & { send?: Readable }): Promise<IncomingMessage> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const body = call.body === undefined ? undefined : JSON.stringify(call.body);
      const type = call.send === undefined ? "application/json" : "application/x-tar";
      const sent = request({ ...options(method, path, call), headers: body === undefined && !call.send ? {} : { "content-type": type } });
      sent.once("response", resolve);
      sent.once("timeout", () => sent.destroy(new Error("it did not answer in time")));
      sent.once("error", (error) => reject(new EngineError(0, error.message)));
      if (call.send === undefined) sent.end(body);
      else call.send.once("error", (error) => sent.destroy(error)).pipe(sent);
    });
    if ((response.statusCode ?? 0) >= 400) throw await refusal(response);
    return response;
  }

  return {
    socketPath,
    stream,
    async call(method, path, call = {}) {
      const text = await textOf(await stream(method, path, call));
      if (text === "") return undefined;
      try {
        return JSON.parse(text) as unknown;
      } catch {
        // `/_ping` says OK.
        return text;
      }
    },
    attach: (container) =>
      new Promise((resolve, reject) => {
        const query = { stream: "1", stdout: "1", stderr: "1" };
        const headers = { connection: "Upgrade", upgrade: "tcp" };
        const sent = request({ ...options("POST", `/containers/${container}/attach`, { query }), headers });
        sent.once("upgrade", (_, socket, head) => {
          socket.setTimeout(0);
          if (head.length > 0) socket.unshift(head);
          resolve(socket);
        });
        sent.once("response", (response) => {
          response.socket.setTimeout(0);
          if (response.statusCode === 200) resolve(response);
          else void refusal(response).then(reject, reject);
        });
        sent.once("timeout", () => sent.destroy(new Error("it did not answer in time")));
        sent.once("error", (error) => reject(new EngineError(0, error.message)));
        sent.end();
      }),
  };
}

async function refusal(response: IncomingMessage): Promise<EngineError> {
  const text = await textOf(response);
  const status = response.statusCode ?? 0;
  try {
    return new EngineError(status, messageSchema.parse(JSON.parse(text)).message);
  } catch {
    return new EngineError(status, text.slice(0, 500) || `HTTP ${status}`);
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > ANSWER_LIMIT) throw new Error("its answer is too long");
      chunks.push(chunk);
    }
  } catch (error) {
    throw new EngineError(0, error instanceof Error ? error.message : String(error));
  }
  return Buffer.concat(chunks).toString("utf8");
}
