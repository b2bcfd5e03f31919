/**
 * How a model thinks when it is asked to.
 * `adaptive`: it decides itself how much. `always`: the same, and it cannot be turned off. `budget`: it wants a number of tokens.
 */
export type ThinkingKind = "none" | "adaptive" | "always" | "budget";

/** What a model takes and gives. Requests hold nothing that it would refuse. */
export interface ModelEntry {
  /** Tokens of prompt and answer together. */
  contextTokens: number;
  /** Highest `max_tokens`. */
  maxOutputTokens: number;
  thinking: ThinkingKind;
  /** Whether `temperature` is taken: always, never, or only where no thinking is asked for. */
  temperature: "yes" | "no" | "without_thinking";
  images: boolean;
}

/** Where the entries come from and when they were read. */
export const catalogueSource = { source: "Anthropic's model pages and migration guides", date: "2026-11-20" } as const;

const claude5 = { contextTokens: 1_000_000, maxOutputTokens: 128_000, temperature: "no", images: true } as const;
const claude45 = {
  contextTokens: 200_000,
  maxOutputTokens: 64_000,
  thinking: "budget",
  temperature: "without_thinking",
  images: true,
} as const;

const MODELS: Readonly<Record<string, ModelEntry>> = {
  "claude-sonnet-5-5": { ...claude5, thinking: "adaptive" },
  "claude-opus-5-5": { ...claude5, thinking: "always" },
  "claude-fable-5-1": { ...claude5, thinking: "always" },
  "claude-haiku-5-5": { ...claude5, thinking: "adaptive" },
  "claude-opus-4-8": { ...claude5, thinking: "adaptive" },
  "claude-opus-4-7": { ...claude5, thinking: "adaptive" },
  "claude-opus-4-5": claude45,
  "claude-sonnet-4-5": claude45,
  "claude-haiku-4-5": claude45,
};

/** Claude 5 and what comes after it: adaptive thinking; sampling parameters are refused with status 400. */
const LATER_CLAUDE = /^claude-[a-z]+-([5-9]|[1-9]\d)(-|$)/;
/** Models of this process take what any model takes, so that everything can be tried without an account. */
const OWN = /^(demo$|script:)/;

const own: ModelEntry = { contextTokens: 200_000, maxOutputTokens: 64_000, thinking: "adaptive", temperature: "yes", images: true };
/** Only what every Messages API takes: nobody knows what stands behind it. */
const unknown: ModelEntry = { contextTokens: 128_000, maxOutputTokens: 8_192, thinking: "none", temperature: "yes", images: false };

/** The entry of a model id; a dated id such as `claude-sonnet-5-5-20260928` has that of the longest known id it continues. */
export function modelEntry(model: string): ModelEntry {
  const [known] = cataloguedModels()
    .filter((id) => model === id || model.startsWith(`${id}-`))
    .sort((one, other) => other.length - one.length);
  if (known !== undefined) return MODELS[known] ?? unknown;
  if (LATER_CLAUDE.test(model)) return { ...claude5, thinking: "adaptive" };
  return OWN.test(model) ? own : unknown;
}

/** The ids that have an entry of their own. */
export function cataloguedModels(): string[] {
  return Object.keys(MODELS);
}
