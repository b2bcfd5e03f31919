import type { IncomingHttpHeaders } from "node:http";

/** Nothing else of the caller's headers goes to a provider, above all not its token. */
const FORWARDED = ["anthropic-version", "content-type", "accept"];
/**
 * Betas that only shape the conversation, by their name without the date. What is left out changes the price (fast modes), the account
 * (OAuth), or reaches out of the sandbox on the provider's side (MCP, code execution, files, fetching).
 */
const BETAS = new Set([
  "adaptive-thinking",
  "advanced-tool-use",
  "claude-code",
  "compact",
  "context-1m",
  "context-management",
  "effort",
  "extended-cache-ttl",
  "fine-grained-tool-streaming",
  "interleaved-thinking",
  "max-tokens-3-5-sonnet",
  "memory-tool",
  "output-128k",
  "pdfs",
  "prompt-caching",
  "prompt-caching-scope",
  "redact-thinking",
  "structured-outputs",
  "token-counting",
  "token-efficient-tools",
  "tool-examples",
  "tool-search-tool",
]);

/** What of a caller's headers goes on to the provider. */
export function forwardedHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const name of FORWARDED) {
    const value = headers[name];
    if (typeof value === "string") passed[name] = value;
  }
  const asked = [headers["anthropic-beta"] ?? []].flat().flatMap((value) => value.split(","));
  const betas = asked.map((value) => value.trim()).filter((value) => BETAS.has(value.replace(/-\d{4}-?\d{2}-?\d{2}$/, "")));
  if (betas.length > 0) passed["anthropic-beta"] = betas.join(",");
  return passed;
}
