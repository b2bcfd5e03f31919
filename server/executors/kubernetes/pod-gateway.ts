import { createReadStream, createWriteStream } from "node:fs";
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { type Duplex, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import type { PodEnd, PodOrder } from "./pod-exchange";
import type { LeftKind } from "./pod-supplies";

/** A pod's way to the server. What fails because the server is away is tried again; refusals are errors. */
export interface PodGateway {
  /** `path`: below `/attempt/`. `take` reads the answer to its end; where it breaks it is called again, with the answer from its beginning. */
  fetch(path: string, take: (body: Readable, headers: IncomingHttpHeaders) => Promise<void>): Promise<void>;
  /** The same into a file. */
  download(path: string, file: string): Promise<void>;
  /** A connection to this pod's way out; rejects when it has none. */
  tunnel(): Promise<Duplex>;
  /** The next order; undefined when there was none for a while. */
  order(): Promise<PodOrder | undefined>;
  sendTree(tree: { order?: string; output: string; final: boolean; packFile?: string }): Promise<void>;
  sendLines(order: string, lines: string[]): Promise<void>;
  /** What a set-up or check leaves; `archive` is asked for anew at each try. */
  sendLeft(kind: LeftKind, archive: () => Readable): Promise<void>;
  sendEnd(end: PodEnd, linesFile: string): Promise<void>;
  /** ms since the server last answered. */
  silence(): number;
}

/** The server is restarted, or its address moves to another node. */
const RETRY_FOR_MS = 10 * 60_000;
const WAIT_MS = 1_000;
/** Answers that began and could not be taken to their end. */
const MOST_BROKEN = 5;
/** Beyond the time for which the server holds a request for orders. */
const ANSWER_TIMEOUT_MS = 60_000;

/** Names what follows `101 Switching Protocols` (RFC 9110, 7.8): the bytes of one connection to the proxy of a set-up. */
export const EGRESS_PROTOCOL = "aideator-egress";

class Refused extends Error {}

/** `patienceMs`: how long the server is waited for; at the end of a pod only as long as its grace allows. */
export function createPodGateway(baseUrl: string, token: string, patienceMs: () => number = () => RETRY_FOR_MS): PodGateway {
  let answeredAt = performance.now();

  function send(method: string, path: string, body?: () => Readable): Promise<IncomingMessage> {
    const url = new URL(`${baseUrl.replace(/\/+$/, "")}/attempt/${path}`);
    const start = url.protocol === "https:" ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const request = start(url, { method, headers: { authorization: `Bearer ${token}` }, timeout: ANSWER_TIMEOUT_MS }, (response) => {
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) return resolve(response);
        response.resume();
        reject(status >= 500 || status === 429 ? new Error(`HTTP ${status}`) : new Refused(`the server refused ${path}: HTTP ${status}`));
      });
      request.once("timeout", () => request.destroy(new Error("no answer")));
      request.once("error", reject);
      if (body === undefined) request.end();
      else pipeline(body(), request).catch(reject);
    });
  }

  function tunnel(): Promise<Duplex> {
    const url = new URL(`${baseUrl.replace(/\/+$/, "")}/attempt/egress`);
    const start = url.protocol === "https:" ? httpsRequest : httpRequest;
    const headers = { authorization: `Bearer ${token}`, connection: "Upgrade", upgrade: EGRESS_PROTOCOL };
    return new Promise((resolve, reject) => {
      const request = start(url, { headers, agent: false });
      request.once("upgrade", (_response, socket, head) => {
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      });
      request.once("response", (response) => {
        response.resume();
        reject(new Refused(`the server refused a way out: HTTP ${response.statusCode}`));
      });
      request.once("error", reject);
      request.end();
    });
  }

  async function persist<T>(what: () => Promise<T>): Promise<T> {
    const began = performance.now();
    for (;;) {
      try {
        const result = await what();
        answeredAt = performance.now();
        return result;
      } catch (error) {
        if (error instanceof Refused || performance.now() - began > patienceMs()) throw error;
        await pause(WAIT_MS);
      }
    }
  }

  const fetch: PodGateway["fetch"] = (path, take) => {
    let broken = 0;
    return persist(async () => {
      const response = await send("GET", path);
      await take(response, response.headers).catch((error: unknown) => {
        broken += 1;
        // It is not the server that is away: a full disk, or what cannot be read, stays as it is.
        if (broken >= MOST_BROKEN)
          throw new Refused(`${path} broke ${broken} times: ${error instanceof Error ? error.message : String(error)}`);
        throw error;
      });
    });
  };
  const post = (path: string, body: () => Readable) => persist(async () => void (await send("POST", path, body)).resume());

  return {
    silence: () => performance.now() - answeredAt,
    fetch,
    download: (path, file) => fetch(path, (body) => pipeline(body, createWriteStream(file))),
    tunnel,
    order: () =>
      persist(async () => {
        const response = await send("GET", "order");
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        const text = Buffer.concat(chunks).toString("utf8");
        return text === "" ? undefined : (JSON.parse(text) as PodOrder);
      }),
    sendTree({ order, output, final, packFile }) {
      const query = new URLSearchParams({ ...(order === undefined ? {} : { order }), final: final ? "1" : "0" });
      return post(`tree?${query}`, () => Readable.from(treeBody(output, packFile)));
    },
    sendLines: (order, lines) => post(`lines?order=${order}`, () => Readable.from([lines.map((line) => `${line}\n`).join("")])),
    sendLeft: (kind, archive) => post(kind, archive),
    sendEnd: ({ code, lines, cause }, file) =>
      post(`end?code=${code}&lines=${lines}${cause === undefined ? "" : `&cause=${cause}`}`, () => createReadStream(file)),
  };
}

/** `<bytes of the output>\n<output><pack>`. */
async function* treeBody(output: string, packFile: string | undefined): AsyncGenerator<Buffer> {
  const text = Buffer.from(output);
  yield Buffer.concat([Buffer.from(`${text.length}\n`), text]);
  if (packFile !== undefined) for await (const chunk of createReadStream(packFile)) yield chunk as Buffer;
}
