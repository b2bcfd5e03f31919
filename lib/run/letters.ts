import { variationLetter } from "./select";

/** For people: `A`, `A and B`, `A, B and C`. */
export function lettersOf(variations: readonly number[]): string {
  const letters = variations.map(variationLetter);
  return letters.length < 2 ? letters.join("") : `${letters.slice(0, -1).join(", ")} and ${letters.at(-1)}`;
}
