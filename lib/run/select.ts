import type { Composition } from "./composition";
import { allWork } from "./fit-state";
import { noUsage, type RunState, type TreeSource, type Usage, type VariationState } from "./state";

/** `A`…`E` for index 0…4. */
export function variationLetter(index: number): string {
  return String.fromCharCode(65 + index);
}

/** `B`, `Composition 1`: what people call what can be selected and landed. */
export function sourceName({ winner, composition }: TreeSource): string {
  return composition === undefined ? variationLetter(winner ?? 0) : `Composition ${composition}`;
}

/** Compositions that can be looked at: those that were not deleted. */
export function standingCompositions({ compositions }: Pick<RunState, "compositions">): Composition[] {
  return compositions.filter(({ deleted }) => !deleted);
}

/** Whether this is the winner. */
export function isSelected({ selection }: Pick<RunState, "selection">, { winner, composition }: TreeSource): boolean {
  return selection !== undefined && selection.winner === winner && selection.composition === composition;
}

/** `agent-{run}-{index}`, later attempts `agent-{run}-{index}-{attempt}`. */
export function jobName(runId: string, index: number, attempt = 0): string {
  return attempt === 0 ? `agent-${runId}-${index}` : `agent-${runId}-${index}-${attempt}`;
}

/** Files, lines added and deleted: from the snapshot where there is one, else from what the tools reported. */
export function changeTotals(variation: VariationState): { files: number; added: number; deleted: number } {
  if (variation.snapshot !== undefined) {
    const { files, added, deleted } = variation.snapshot;
    return { files, added, deleted };
  }
  const changes = Object.values(variation.files);
  return {
    files: changes.length,
    added: changes.reduce((sum, change) => sum + change.added, 0),
    deleted: changes.reduce((sum, change) => sum + change.deleted, 0),
  };
}

/** Sum over all variations, what reviews of them used, and who fitted compositions together. */
export function totalUsage(run: RunState): Usage {
  return [...allWork(run), ...run.reviews].reduce<Usage>(
    (sum, { usage }) => ({
      inputTokens: sum.inputTokens + usage.inputTokens,
      outputTokens: sum.outputTokens + usage.outputTokens,
      cacheReadTokens: sum.cacheReadTokens + usage.cacheReadTokens,
      cacheWriteTokens: sum.cacheWriteTokens + usage.cacheWriteTokens,
      dollars: sum.dollars + usage.dollars,
      ...((sum.unpriced || usage.unpriced) && { unpriced: true }),
    }),
    noUsage,
  );
}
