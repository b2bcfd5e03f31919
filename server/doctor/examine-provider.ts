import type { Env } from "../env";
import { askProvider, type ProviderAnswer } from "../settings/ask-provider";
import type { Finding } from "./finding";

/** Whether models answer. Without `online` nothing is sent. The key itself is never part of a finding. */
export async function examineProvider({ provider, scriptsDir }: Env, online: boolean): Promise<Finding[]> {
  const scripts: Finding[] = scriptsDir === undefined ? [] : [{ area: "Model", name: "Scripted models", state: "ok", found: scriptsDir }];
  if (provider === undefined) {
    const remedy = "Set ANTHROPIC_API_KEY, or ANTHROPIC_BASE_URL for any server that speaks the Messages API.";
    return [{ area: "Model", name: "Provider", state: "poor", found: "none: the demo model answers", remedy }, ...scripts];
  }
  const host = new URL(provider.baseUrl).host;
  const key = provider.apiKey === undefined ? "no key" : "a key is set";
  const answer = online ? await askProvider(provider) : undefined;
  return [{ area: "Model", name: "Provider", ...judge(answer, `${host}, ${key}`) }, ...scripts];
}

function judge(answer: ProviderAnswer | undefined, what: string): Pick<Finding, "state" | "found" | "remedy"> {
  if (answer === undefined) return { state: "ok", found: `${what} (not asked)` };
  if ("error" in answer) {
    return { state: "wrong", found: `${what}: no answer (${answer.error})`, remedy: "Check ANTHROPIC_BASE_URL and the way to it." };
  }
  if (answer.status === 401 || answer.status === 403) {
    return { state: "wrong", found: `${what}: refused (${answer.status})`, remedy: "Check ANTHROPIC_API_KEY." };
  }
  if (answer.status >= 500) {
    return { state: "poor", found: `${what}: answers ${answer.status}`, remedy: "The provider has trouble; try again later." };
  }
  // Servers that only know /v1/messages answer 404 here.
  return { state: "ok", found: `${what}: ${answer.status < 300 ? "answers" : `answers ${answer.status} to the list of models`}` };
}
