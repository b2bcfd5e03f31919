import type { AgentConfig, SetupResponse } from "@/lib/protocol/http";
import { MAX_VARIATIONS } from "@/lib/run/bounds";
import { modelKind } from "@/lib/run/model-kind";
import { isRecord } from "./kept";

/** What one variation runs with, as far as the composer lets one choose. */
export interface LineUpEntry {
  /** Agent id. */
  agent: string;
  /** Model id, known to this server or typed. */
  model: string;
  /** Added to the prompt, for this variation only. */
  instructions: string;
}

/** Characters; the API's own bound. */
export const MAX_INSTRUCTIONS = 8_000;
const BUILT_IN = "builtin";

/** A variation as it begins. */
export function newEntry(setup: Pick<SetupResponse, "default_model">): LineUpEntry {
  return { agent: BUILT_IN, model: setup.default_model, instructions: "" };
}

/** One entry N times: the same agent against itself. */
export function repeatEntry(entry: LineUpEntry, times: number): LineUpEntry[] {
  return Array.from({ length: Math.min(Math.max(times, 1), MAX_VARIATIONS) }, () => ({ ...entry }));
}

/** How the API is asked for it. */
export function configOf({ agent, model, instructions }: LineUpEntry): AgentConfig {
  const extra = instructions.trim();
  return { agent, model, ...(extra === "" ? {} : { instructions: extra }) };
}

/** From storage, which anything may have written; a model that this server does not run becomes its default. */
export function readLineUp(stored: unknown, setup: Pick<SetupResponse, "default_model" | "models" | "demo">): LineUpEntry[] | undefined {
  if (!Array.isArray(stored) || stored.length === 0) return undefined;
  return stored.slice(0, MAX_VARIATIONS).map((value: unknown): LineUpEntry => {
    if (!isRecord(value)) return newEntry(setup);
    const { model, instructions } = value;
    return {
      agent: BUILT_IN,
      model: typeof model === "string" && isRunnable(model, setup) ? model : setup.default_model,
      instructions: typeof instructions === "string" ? instructions.slice(0, MAX_INSTRUCTIONS) : "",
    };
  });
}

/** A typed id of the provider's may be right; what is demo or script is known or not there. */
function isRunnable(model: string, { models, demo }: Pick<SetupResponse, "models" | "demo">): boolean {
  if (models.some(({ id }) => id === model)) return true;
  return !demo && model !== "" && model.length <= 200 && modelKind(model) === "provider";
}
