import { z } from "zod";
import { parseJson } from "@/lib/parse-json";
import { readShort } from "./call-upstream";
import { forwardedHeaders } from "./forwarded-headers";
import type { MessageBody } from "./message-body";
import type { MessageCall, ServeContext } from "./serve-context";

const answerSchema = z.object({ input_tokens: z.number().nonnegative() });
/** A provider that takes longer is not asked any further: the estimate stands. */
const PATIENCE_MS = 5_000;
/** The provider calls its count an estimate. */
const MARGIN = 1.05;

/** How many tokens the prompt has, by the provider's own count where it gives one, else by its length. */
export async function countPrompt(
  { options, dialer }: ServeContext,
  { request, signal }: MessageCall,
  body: MessageBody,
  model: string,
): Promise<number> {
  const upstream = options.provider?.();
  if (upstream === undefined) return body.promptTokens;
  try {
    const answer = await dialer.call({
      upstream,
      path: "/v1/messages/count_tokens",
      body: body.renderCount(model),
      headers: forwardedHeaders(request.headers),
      signal,
      patienceMs: PATIENCE_MS,
    });
    const counted = answerSchema.safeParse(parseJson((await readShort(answer)).toString("utf8")));
    if (answer.status !== 200 || !counted.success) return body.promptTokens;
    return Math.min(body.promptTokens, Math.ceil(counted.data.input_tokens * MARGIN));
  } catch {
    signal.throwIfAborted();
    return body.promptTokens;
  }
}
