import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { ApiError } from "./api-error";
import { parseJson } from "./parse-json";

/** What the Messages API itself allows. */
const LIMIT = 32 * 1024 * 1024;

/** Far beyond any conversation or tool's schema, and far below what a stack takes: whoever writes the value again recurses into it. */
const MOST_LEVELS = 500;

const bodySchema = z.record(z.string(), z.unknown());

/** The request's body as a JSON object; refuses what is too large, nested too deeply, or is none. */
export async function readJsonBody(request: IncomingMessage, limit = LIMIT): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Kept open: a refusal still has to be answered on this connection.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > limit) break;
    chunks.push(chunk);
  }
  if (size > limit) throw new ApiError(413, "request_too_large", `The request is larger than ${Math.floor(limit / 1024 / 1024)} MB.`);
  const text = Buffer.concat(chunks).toString("utf8");
  if (levelsOf(text) > MOST_LEVELS) {
    throw new ApiError(400, "invalid_request_error", `The request's body is nested deeper than ${MOST_LEVELS} levels: make it flatter.`);
  }
  const parsed = bodySchema.safeParse(parseJson(text));
  if (!parsed.success) throw new ApiError(400, "invalid_request_error", "The request's body is not a JSON object.");
  return parsed.data;
}

/** How deeply arrays and objects of a JSON text are nested; for other text any number. Without recursion, and without parsing it. */
function levelsOf(text: string): number {
  let level = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === "[" || character === "{") deepest = Math.max(deepest, (level += 1));
    else if (character === "]" || character === "}") level -= 1;
    // As a whole: brackets in it are characters.
    else if (character === '"') at = endOfString(text, at + 1);
  }
  return deepest;
}

/** Place of the quote that ends the string whose first character is at `from`. */
function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
