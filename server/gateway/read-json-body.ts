import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { ApiError } from "./api-error";
import { parseJson } from "./parse-json";

/** What the Messages API itself allows. */
const LIMIT = 32 * 1024 * 1024;

const bodySchema = z.record(z.string(), z.unknown());

/** The request's body as a JSON object; refuses what is too large or is none. */
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
  const parsed = bodySchema.safeParse(parseJson(Buffer.concat(chunks).toString("utf8")));
  if (!parsed.success) throw new ApiError(400, "invalid_request_error", "The request's body is not a JSON object.");
  return parsed.data;
}
