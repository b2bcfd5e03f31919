import { noUsage, type RunState, type Usage, type VariationState } from "./state";

/** `A`…`E` for index 0…4. */
export function variationLetter(index: number): string {
  return String.fromCharCode(65 + index);
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

/** Sum over all variations, and what reviews of them used. */
export function totalUsage(run: RunState): Usage {
  return [...run.variations, ...run.reviews].reduce<Usage>(
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
