import type { IncomingMessage, ServerResponse } from "node:http";
import { AppError } from "../app-error";
import type { Services } from "../services";
import { drained } from "./drained";

const ROUTE = /^\/api\/v1\/runs\/([a-z0-9]{12,24})\/blobs\/([0-9a-f]{40})$/;

/** What a browser may show by itself; anything else goes out as text or as bytes. */
const TYPES: Record<string, string> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  avif: "image/avif",
  ico: "image/x-icon",
  bmp: "image/bmp",
  svg: "image/svg+xml",
};

/** Agents write these files: whatever they hold, no script in them runs and nothing is loaded. */
const POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** The run and the blob that a request wants raw, or undefined when it is for someone else. */
export function requestedBlob(request: IncomingMessage): { runId: string; blob: string } | undefined {
  if (request.method !== "GET" && request.method !== "HEAD") return undefined;
  const [, runId, blob] = ROUTE.exec((request.url ?? "/").split("?")[0] ?? "/") ?? [];
  return runId === undefined || blob === undefined ? undefined : { runId, blob };
}

/**
 * `GET /runs/{id}/blobs/{blob}?name=`: the bytes as they are, streamed, of any size. A blob's id is its content: its answer never changes.
 * One byte range is honoured (RFC 9110); several are answered with the whole.
 */
export async function serveBlob(
  diffs: Services["diffs"],
  { runId, blob }: { runId: string; blob: string },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const etag = `"${blob}"`;
  const { size, open } = await diffs.streamBlob(runId, blob);
  const headers = {
    etag,
    "cache-control": "private, max-age=31536000, immutable, no-transform",
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "accept-ranges": "bytes",
  };
  const known = String(request.headers["if-none-match"] ?? "").split(",");
  if (known.some((tag) => tag.trim().replace(/^W\//, "") === etag || tag.trim() === "*")) {
    response.writeHead(304, headers).end();
    return;
  }
  const ifRange = request.headers["if-range"];
  const range = ifRange === undefined || ifRange === etag ? readRange(request.headers.range, size) : undefined;
  if (range === "unsatisfiable") {
    response.setHeader("content-range", `bytes */${size}`);
    throw new AppError("range_not_satisfiable", `This file has ${size} bytes.`, [
      { field: "Range", message: "Give a range inside the file." },
    ]);
  }
  const { start, end } = range ?? { start: 0, end: size };
  const name = new URL(request.url ?? "/", "http://localhost").searchParams.get("name") ?? "";
  response.writeHead(range === undefined ? 200 : 206, {
    ...headers,
    "content-type": await contentType(name, open),
    "content-length": end - start,
    ...(range === undefined ? {} : { "content-range": `bytes ${start}-${end - 1}/${size}` }),
  });
  if (request.method === "HEAD" || start === end) return void response.end();
  await sendBytes(open(), start, end, response);
}

type Stream = ReturnType<Awaited<ReturnType<Services["diffs"]["streamBlob"]>>["open"]>;

/** From the name for images; else text where there is no NUL in the beginning, as git decides. */
async function contentType(name: string, open: () => Stream): Promise<string> {
  const known = TYPES[name.slice(name.lastIndexOf(".") + 1).toLowerCase()];
  if (known !== undefined) return known;
  const stream = open();
  try {
    for await (const chunk of stream.stdout as AsyncIterable<Buffer>) {
      return chunk.subarray(0, 8_000).includes(0) ? "application/octet-stream" : "text/plain; charset=utf-8";
    }
    return "text/plain; charset=utf-8";
  } finally {
    stream.kill();
  }
}

async function sendBytes(stream: Stream, start: number, end: number, response: ServerResponse): Promise<void> {
  response.on("close", stream.kill);
  if (response.destroyed) stream.kill();
  try {
    let at = 0;
    for await (const chunk of stream.stdout as AsyncIterable<Buffer>) {
      const part = chunk.subarray(Math.max(0, start - at), Math.max(0, end - at));
      at += chunk.length;
      if (part.length > 0 && !response.write(part)) await drained(response);
      if (at >= end || response.destroyed) break;
    }
    // Less than was promised: the reader has to notice.
    if (at < end) response.destroy();
    else response.end();
  } finally {
    response.off("close", stream.kill);
    stream.kill();
  }
}

/** `end` is exclusive. Undefined: no range, or one that is not understood and so ignored. */
function readRange(header: string | undefined, size: number): { start: number; end: number } | "unsatisfiable" | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "") ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) return undefined;
  if (first === "") return last === "0" || size === 0 ? "unsatisfiable" : { start: Math.max(0, size - Number(last)), end: size };
  if (last !== "" && Number(last) < Number(first)) return undefined;
  if (Number(first) >= size) return "unsatisfiable";
  return { start: Number(first), end: last === "" ? size : Math.min(size, Number(last) + 1) };
}
