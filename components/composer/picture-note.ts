import { modelEntry } from "@/lib/models/catalogue";
import { variationLetter } from "@/lib/run/select";
import type { LineUpEntry } from "./line-up-entry";

/** Whose model is not known to take pictures; undefined when all do. */
export function pictureNote(lineUp: readonly LineUpEntry[]): string | undefined {
  const without = lineUp.flatMap(({ model }, variation) => (modelEntry(model).images ? [] : [variationLetter(variation)]));
  if (without.length === 0) return undefined;
  const many = without.length > 1;
  return `${without.join(", ")} ${many ? "get" : "gets"} none: ${many ? "their models are" : "its model is"} not known to take pictures.`;
}
