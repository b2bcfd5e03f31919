import { variationLetter } from "../run/select";
import { compositionHead, compositionIn } from "../run/trees";

/** A variation as it is now, as it was at the end of a turn, or at a snapshot (both counted from 1). */
export interface VariationSide {
  variation: number;
  turn?: number;
  snapshot?: number;
}

/** One side of a comparison: the base, a variation, or a composition by its number. */
export type DiffSide = "base" | VariationSide | { composition: number };

/** `base`, `a`, `a@turn-1`, `a@3`, `composition-1`, as the API names sides. */
export function formatSide(side: DiffSide): string {
  if (side === "base") return "base";
  if ("composition" in side) return compositionHead(side.composition);
  const letter = variationLetter(side.variation).toLowerCase();
  if (side.turn !== undefined) return `${letter}@turn-${side.turn}`;
  return side.snapshot === undefined ? letter : `${letter}@${side.snapshot}`;
}

/** The other way round; undefined for what is no side, or of a variation beyond `variations`. */
export function parseSide(text: string | null, variations: number): DiffSide | undefined {
  if (text === "base") return "base";
  const composition = compositionIn(text ?? "");
  if (composition !== undefined) return { composition };
  const [, letter, turn, number] = /^([a-e])(?:@(turn-)?([1-9]\d{0,5}))?$/.exec(text ?? "") ?? [];
  if (letter === undefined) return undefined;
  const variation = letter.charCodeAt(0) - 97;
  if (variation >= variations) return undefined;
  if (number === undefined) return { variation };
  return turn === undefined ? { variation, snapshot: Number(number) } : { variation, turn: Number(number) };
}

/** The side, where it is a variation. */
export function variationIn(side: DiffSide | undefined): VariationSide | undefined {
  return side === undefined || side === "base" || "composition" in side ? undefined : side;
}
