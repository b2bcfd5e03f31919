import type { Fit } from "@/lib/run/fit-state";
import type { RunState, VariationState } from "@/lib/run/state";

/**
 * Remembers the last state and gives it again as long as nothing has changed but transcripts: who draws everything else is not rendered
 * again by every token. The transcripts in what it gives may be behind.
 */
export function createOutline(): (run: RunState) => RunState {
  let last: RunState | undefined;
  return (run) => {
    if (last === undefined || !sameOutline(last, run)) last = run;
    return last;
  };
}

/** True when two states differ in nothing but transcripts and how far the log was read. */
export function sameOutline(one: RunState, other: RunState): boolean {
  if (!sameFields(one, other, ["lastSeq", "variations", "fits"]) || one.variations.length !== other.variations.length) return false;
  return one.variations.every((variation, index) => sameVariation(variation, other.variations[index])) && sameFits(one.fits, other.fits);
}

function sameVariation(one: VariationState, other: VariationState | undefined): boolean {
  return one === other || (other !== undefined && sameFields(one, other, ["items"]));
}

function sameFits(fits: readonly Fit[], others: readonly Fit[]): boolean {
  if (fits === others) return true;
  const same = (fit: Fit, other: Fit | undefined): boolean =>
    fit === other || (other !== undefined && sameFields(fit, other, ["work"]) && sameVariation(fit.work, other.work));
  return fits.length === others.length && fits.every((fit, at) => same(fit, others[at]));
}

function sameFields<T extends object>(one: T, other: T, but: readonly (keyof T)[]): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]) as Set<keyof T>;
  return [...names].every((name) => but.includes(name) || one[name] === other[name]);
}
