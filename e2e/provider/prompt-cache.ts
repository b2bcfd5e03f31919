import { createHash } from "node:crypto";
import type { Checked } from "./check-request";
import { canonical, type JsonObject } from "./json";

/** Shorter prompts are not kept, silently. */
const LEAST_TOKENS = 512;
/** Blocks that a mark looks back for something that was kept. */
const LOOK_BACK = 20;
const IMAGE_TOKENS = 1_500;

export interface InputTokens {
  input: number;
  cacheRead: number;
  cacheWrite: number;
}

interface Part {
  hash: string;
  /** From the prompt's beginning to this part's end. */
  tokens: number;
  marked: boolean;
}

/** This provider's plain rule: a token is four bytes of the canonical JSON of a block, `weight` of them where a scenario wants long prompts. */
export function countTokens(block: JsonObject, weight: number): number {
  if (block.type === "image") return IMAGE_TOKENS;
  return Math.ceil(Buffer.byteLength(canonical(block)) / 4) * weight;
}

/** What was kept of earlier prompts, by exact prefix: tools, then system, then messages. */
export function createPromptCache(): {
  count(request: Checked, weight: number): InputTokens & { total: number };
  keep(request: Checked, weight: number): void;
} {
  const kept = new Map<string, number>();

  function found(parts: readonly Part[]): number {
    for (const [at, part] of [...parts.entries()].reverse()) {
      if (!part.marked) continue;
      for (let back = at; back >= Math.max(0, at - LOOK_BACK); back -= 1) {
        const tokens = kept.get(parts[back]?.hash ?? "");
        if (tokens !== undefined) return tokens;
      }
    }
    return 0;
  }

  return {
    count(request, weight) {
      const parts = partsOf(request, weight);
      const total = parts.at(-1)?.tokens ?? 0;
      const lastMark = parts.findLast(({ marked, tokens }) => marked && tokens >= LEAST_TOKENS)?.tokens ?? 0;
      const cacheRead = Math.min(found(parts), lastMark);
      return { total, cacheRead, cacheWrite: lastMark - cacheRead, input: total - lastMark };
    },
    keep(request, weight) {
      for (const { hash, tokens, marked } of partsOf(request, weight)) if (marked && tokens >= LEAST_TOKENS) kept.set(hash, tokens);
    },
  };
}

function partsOf({ model, tools, system, messages }: Checked, weight: number): Part[] {
  const blocks = [...tools.map((block) => ["tools", block] as const), ...system.map((block) => ["system", block] as const)];
  for (const { role, content } of messages) for (const block of content) blocks.push([role as "tools", block]);
  let hash = model;
  let tokens = 0;
  return blocks.map(([place, block]) => {
    hash = createHash("sha256")
      .update(`${hash}\0${place}\0${canonical(block)}`)
      .digest("hex");
    tokens += countTokens(block, weight);
    return { hash, tokens, marked: block.cache_control !== undefined };
  });
}
