import type { z } from "zod";
import { AppError } from "../app-error";
import { getServices, type Services } from "../services";
import { problemOf } from "./problem";

/** Bodies beyond this are refused unread; far above any valid one, so that a wrong field can still be named. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

interface Schemas<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  params?: P;
  query?: Q;
  body?: B;
  /** Where more than `MAX_BODY_BYTES` may come. */
  maxBodyBytes?: number;
}

interface Input<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  services: Services;
  params: z.infer<P>;
  query: z.infer<Q>;
  body: z.infer<B>;
  request: Request;
}

/**
 * A route handler that can hold no logic: parse → use case → respond. What the handler returns is sent as JSON (a `Response` as it is);
 * whatever it throws becomes problem details.
 */
export function route<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  schemas: Schemas<P, Q, B>,
  handle: (input: Input<P, Q, B>) => Promise<unknown>,
): (request: Request, context: { params: Promise<Record<string, string | string[]>> }) => Promise<Response> {
  return async (request, context) => {
    try {
      const params = (await parse(schemas.params, async () => context.params)) as z.infer<P>;
      const query = (await parse(schemas.query, async () => Object.fromEntries(new URL(request.url).searchParams))) as z.infer<Q>;
      const body = (await parse(schemas.body, () => readJson(request, schemas.maxBodyBytes ?? MAX_BODY_BYTES))) as z.infer<B>;
      const answer = await handle({ services: getServices(), params, query, body, request });
      return answer instanceof Response ? answer : Response.json(answer, { headers: { "cache-control": "no-store" } });
    } catch (error) {
      const answer = problemOf(error);
      if (answer.status >= 500) getServices().log.error({ err: error, url: request.url }, "a request failed");
      return Response.json(answer, {
        status: answer.status,
        headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
      });
    }
  };
}

async function parse(schema: z.ZodType | undefined, read: () => Promise<unknown>): Promise<unknown> {
  return schema === undefined ? undefined : schema.parse(await read());
}

async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  // A form of another site can send text/plain without asking first; JSON it cannot.
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(type)) {
    throw new AppError("unsupported_media_type", "Send JSON with content-type: application/json.", [
      { field: "content-type", message: "Must be application/json." },
    ]);
  }
  const text = await readText(request, maxBytes);
  try {
    return JSON.parse(text, refuseProto);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("bad_request", "The body is not valid JSON.", [{ field: "body", message: "Must be valid JSON." }]);
  }
}

function refuseProto(key: string, value: unknown): unknown {
  if (key !== "__proto__") return value;
  throw new AppError("bad_request", "The body holds a field that is not allowed.", [
    { field: "__proto__", message: "This field is not allowed." },
  ]);
}

async function readText(request: Request, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    size += part.value.byteLength;
    if (size > maxBytes) {
      await reader?.cancel();
      const limit = `${Math.floor(maxBytes / 1024 / 1024)} MB`;
      throw new AppError("payload_too_large", `The body is larger than ${limit}.`, [
        { field: "body", message: `May have ${limit} at most.` },
      ]);
    }
    chunks.push(part.value);
  }
  return Buffer.concat(chunks).toString("utf8");
}
