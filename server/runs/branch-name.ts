import { variationLetter } from "@/lib/run/select";

/** Words of the prompt that make a branch readable. */
const MAX_SLUG = 40;

/** `aideator/7f3k2a/b-make-the-retry-policy`: always a valid ref name, whatever the prompt holds. */
export function branchName(runId: string, winner: number, prompt: string): string {
  const slug = prompt
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_SLUG)
    .replace(/^-+|-+$/g, "");
  const letter = variationLetter(winner).toLowerCase();
  return `aideator/${runId.slice(0, 6)}/${slug === "" ? letter : `${letter}-${slug}`}`;
}
