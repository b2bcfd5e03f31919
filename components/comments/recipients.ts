import { isTerminal, type RunState } from "@/lib/run/state";
import type { DraftComment } from "./draft-store";

type Variations = Pick<RunState, "variations">;
type Drafts = readonly Pick<DraftComment, "variation" | "port">[];

/**
 * Whom a message is for, by index. Until somebody chooses: of drafts, whomever they are about; of words alone whoever works, or else everybody.
 */
export function recipientsOf(run: Variations, chosen: readonly number[] | undefined, drafts: Drafts): readonly number[] {
  if (chosen !== undefined) return chosen.filter((index) => run.variations[index] !== undefined);
  const all = run.variations.map(({ index }) => index);
  if (drafts.length > 0) return all.filter((index) => drafts.some((draft) => isFor(draft, index)));
  const live = run.variations.filter(({ status }) => !isTerminal(status));
  return live.length > 0 ? live.map(({ index }) => index) : all;
}

/** What is said of a variation's own work is for that variation, what it is to share is for the others; the base is everybody's. */
function isFor({ variation, port }: Drafts[number], index: number): boolean {
  if (variation === undefined) return true;
  return port ? variation !== index : variation === index;
}
