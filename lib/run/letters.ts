import { variationLetter } from "./select";

/** Names in a sentence: `A`, `A and B`, `A, B and C`; nothing for none. */
export function andList(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** For people: `A`, `A and B`, `A, B and C`. */
export function lettersOf(variations: readonly number[]): string {
  return andList(variations.map(variationLetter));
}

/** `A, B`: those who wrote it, where more is said of each. */
export function letterList(variations: readonly number[]): string {
  return variations.map(variationLetter).join(", ");
}
