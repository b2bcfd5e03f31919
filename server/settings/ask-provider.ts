/** Where calls to models go, and with which key. */
export interface Provider {
  baseUrl: string;
  apiKey?: string;
}

export type ProviderAnswer =
  /** `said`: the message of an error, or what came instead of one. */
  { status: number; said: string | undefined; models: number | undefined } | { error: string };

/** The one request of a test. */
export const ASKED = "/v1/models?limit=1";
const TIMEOUT_MS = 10_000;
/** An answer that is longer is none of a provider's. */
const MAX_BYTES = 256 * 1024;

/** Asks for the list of models: it costs nothing and needs the key. Never follows a redirect, which would take the key along. */
export async function askProvider({ baseUrl, apiKey }: Provider): Promise<ProviderAnswer> {
  try {
    const response = await fetch(`${baseUrl.replace(/\/+$/, "")}${ASKED}`, {
      headers: { "anthropic-version": "2023-06-01", ...(apiKey === undefined ? {} : { "x-api-key": apiKey }) },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: "manual",
    });
    const text = await readStart(response);
    return { status: response.status, ...understand(text) };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { error: cause instanceof Error ? ("code" in cause ? String(cause.code) : "") || cause.message : String(cause) };
  }
}

async function readStart(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let part = await reader?.read(); part?.value !== undefined && size < MAX_BYTES; part = await reader?.read()) {
    chunks.push(part.value);
    size += part.value.byteLength;
  }
  await reader?.cancel();
  return Buffer.concat(chunks).toString("utf8").slice(0, MAX_BYTES);
}

/** Errors as in https://docs.anthropic.com/en/api/errors: `{"type": "error", "error": {"type", "message"}}`. */
function understand(text: string): { said: string | undefined; models: number | undefined } {
  try {
    const body = JSON.parse(text) as { data?: unknown; error?: { message?: unknown } } | null;
    const message = body?.error?.message;
    return {
      said: typeof message === "string" ? message.slice(0, 1_000) : undefined,
      models: Array.isArray(body?.data) ? body.data.length : undefined,
    };
  } catch {
    return { said: undefined, models: undefined };
  }
}
