/** What this provider's models take, from the provider's public pages; deliberately a table of its own. */
export interface ModelRules {
  context: number;
  maxOutput: number;
  /** Values of `thinking.type` that are not refused. */
  thinking: readonly string[];
  temperature: "taken" | "refused" | "one_with_thinking";
  images: boolean;
}

const adaptive5 = { context: 1_000_000, maxOutput: 128_000, temperature: "refused", images: true } as const;
const manual45 = {
  context: 200_000,
  maxOutput: 64_000,
  thinking: ["enabled", "disabled"],
  temperature: "one_with_thinking",
  images: true,
} as const;

export const models: Readonly<Record<string, ModelRules>> = {
  "claude-sonnet-5-5": { ...adaptive5, thinking: ["adaptive", "between_tools"] },
  "claude-opus-5-5": { ...adaptive5, thinking: ["adaptive"] },
  "claude-fable-5-1": { ...adaptive5, thinking: ["adaptive"] },
  "claude-haiku-5-5": { ...adaptive5, thinking: ["adaptive", "disabled"] },
  "claude-opus-4-5": manual45,
  /** Somebody's own model behind the same API. */
  "plain-coder-7b": { context: 32_000, maxOutput: 8_192, thinking: [], temperature: "taken", images: false },
};
