import type { SetupResponse } from "@/lib/protocol/http";
import { modelLabel } from "@/lib/run/model-kind";
import { isRecord, readStored, writeStored } from "./kept";
import { type LineUpEntry, readLineUp } from "./line-up-entry";

/** A line-up under a name. Kept in the browser: it holds what one person likes to compare, not what a project is. */
export interface Preset {
  name: string;
  lineUp: LineUpEntry[];
}

export const MAX_PRESETS = 30;
export const MAX_PRESET_NAME = 60;
const STORED = "aideator.line-ups";

/** What this browser kept; a model that this server does not run any more is its default there. */
export function readPresets(setup: Pick<SetupResponse, "default_model" | "models" | "demo">): Preset[] {
  const stored = readStored(STORED);
  if (!Array.isArray(stored)) return [];
  return stored.slice(0, MAX_PRESETS).flatMap((value: unknown) => {
    if (!isRecord(value) || typeof value.name !== "string" || value.name === "") return [];
    const lineUp = readLineUp(value.lineUp, setup);
    return lineUp === undefined ? [] : [{ name: value.name, lineUp }];
  });
}

/** False when the browser keeps nothing. */
export function keepPresets(presets: readonly Preset[]): boolean {
  return writeStored(STORED, presets);
}

/** With this line-up under this name: in the place of one of the same name, else first. */
export function withPreset(presets: readonly Preset[], preset: Preset): Preset[] {
  const name = preset.name.trim().slice(0, MAX_PRESET_NAME);
  const at = presets.findIndex((one) => one.name.toLowerCase() === name.toLowerCase());
  const fresh = { ...preset, name };
  if (at < 0) return [fresh, ...presets].slice(0, MAX_PRESETS);
  return presets.map((one, index) => (index === at ? fresh : one));
}

/** In a few words: `3 × demo model`, or the models in their order. */
export function lineUpSummary(lineUp: readonly LineUpEntry[]): string {
  const counts = new Map<string, number>();
  for (const { model } of lineUp) counts.set(modelLabel(model), (counts.get(modelLabel(model)) ?? 0) + 1);
  return [...counts].map(([label, count]) => (count === 1 ? label : `${count} × ${label}`)).join(", ");
}

/** True when applying it would change nothing. */
export function sameLineUp(one: readonly LineUpEntry[], other: readonly LineUpEntry[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
