import type { IncomingMessage } from "node:http";
import { isRecord, parseJson } from "@/lib/parse-json";
import { ApiError } from "./api-error";
import { outlineJson } from "./json-outline";

/** What the Messages API itself allows. */
const LIMIT = 32 * 1024 * 1024;

/** Far beyond any conversation or tool's schema, and far below what a stack takes: whoever writes the value again recurses into it. */
const MOST_LEVELS = 500;

/** A request's body, kept both as its value and as its text. */
export interface JsonBody {
  value: Record<string, unknown>;
  /** Valid JSON that can be read in one way only. */
  text: string;
  /** Length of the text in bytes. */
  size: number;
  /** The text with these members in place of those of the same name; undefined: without them. */
  render(changes: Record<string, unknown>): string;
}

/** The request's body as a JSON object; refuses what is too large, nested too deeply, or is none. */
export async function readJsonBody(request: IncomingMessage, limit = LIMIT): Promise<JsonBody> {
  const bytes = await readBytes(request, limit);
  const text = bytes.toString("utf8");
  const value = parseJson(text);
  if (!isRecord(value)) throw new ApiError(400, "invalid_request_error", "The request's body is not a JSON object.");
  const outline = outlineJson(text);
  if (outline.levels > MOST_LEVELS) {
    throw new ApiError(400, "invalid_request_error", `The request's body is nested deeper than ${MOST_LEVELS} levels: make it flatter.`);
  }
  // What was checked here must be what the next one reads, who may take the first of two members of one name.
  if (!outline.plain) {
    const clear = JSON.stringify(value);
    return { value, text: clear, size: Buffer.byteLength(clear), render: (changes) => JSON.stringify({ ...value, ...changes }) };
  }
  return {
    value,
    text,
    size: bytes.length,
    render(changes) {
      const changed = JSON.stringify(changes).slice(1, -1);
      const kept = outline.members.filter(({ name }) => !(name in changes)).map(({ from, to }) => text.slice(from, to));
      return `{${[...(changed === "" ? [] : [changed]), ...kept].join(",")}}`;
    },
  };
}

/** Listens itself: an iterator over a stream costs a good part of what a whole call may. The connection stays open for a refusal. */
function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const left = (): void => reject(new Error("the caller left before its request was whole"));
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) {
        chunks.push(chunk);
        return;
      }
      request.removeAllListeners("data").pause();
      reject(new ApiError(413, "request_too_large", `The request is larger than ${Math.floor(limit / 1024 / 1024)} MB.`));
    });
    request.once("end", () => resolve(Buffer.concat(chunks, size)));
    request.once("error", left);
    request.once("close", left);
  });
}
