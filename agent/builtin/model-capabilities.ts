/** What may be sent to a model. Claude 5 and later: adaptive thinking, and sampling parameters are refused with status 400. */
export interface ModelCapabilities {
  adaptiveThinking: boolean;
  temperature: boolean;
  /** Tokens of one answer. */
  maxTokens: number;
}

const CLAUDE_5 = /^claude-[a-z]+-[5-9](-|$)/;
const CLAUDE_OPUS_4_LATE = /^claude-(opus-4-[78]|mythos-)/;

/** By model id; an unknown model gets only what every Messages API takes. The demo and scripted models show thinking too. */
export function capabilitiesOf(model: string): ModelCapabilities {
  if (CLAUDE_5.test(model) || CLAUDE_OPUS_4_LATE.test(model)) return { adaptiveThinking: true, temperature: false, maxTokens: 32_000 };
  const own = model === "demo" || model.startsWith("script:");
  return { adaptiveThinking: own, temperature: true, maxTokens: 8_192 };
}
