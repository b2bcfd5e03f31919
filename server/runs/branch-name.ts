import { variationLetter } from "@/lib/run/select";
import type { TreeSource } from "@/lib/run/state";

/** Words of the prompt that make a branch readable. */
const MAX_SLUG = 40;

/** `aideator/7f3k2a/b-make-the-retry-policy`, of a composition `aideator/7f3k2a/composition-1-make-the-…`: always a valid ref name, whatever the prompt holds. */
export function branchName(runId: string, { winner, composition }: TreeSource, prompt: string): string {
  const slug = prompt
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_SLUG)
    .replace(/^-+|-+$/g, "");
  const name = composition === undefined ? variationLetter(winner ?? 0).toLowerCase() : `composition-${composition}`;
  return `aideator/${runId.slice(0, 6)}/${slug === "" ? name : `${name}-${slug}`}`;
}
