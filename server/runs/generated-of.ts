import { createGeneratedFiles, type GeneratedReason } from "@/lib/diff/generated-files";
import type { GitStore } from "../git/git-store";

/** Which files nobody wrote by hand, by the `.gitattributes` files of the base: what an agent writes into its own says nothing about its work. */
export async function generatedOf(git: GitStore, runId: string, base: string): Promise<(path: string) => GeneratedReason | null> {
  return createGeneratedFiles((await git.treeIndex(runId, base)).attributes);
}
