import type { ReactElement } from "react";
import { variationLetter } from "@/lib/run/select";
import type { VariationState } from "@/lib/run/state";
import { LazyMarkdown } from "./lazy-markdown";

/** The agent's last word. Nothing when it is what stands right above it already. `name`: whose it is, where it is no variation's. */
export function SummaryItem({
  variation: { index, summary, items },
  name = variationLetter(index),
}: {
  variation: VariationState;
  name?: string;
}): ReactElement | null {
  const last = items.findLast(({ kind }) => kind === "text");
  if (summary === undefined || (last?.kind === "text" && last.text.trim() === summary.trim())) return null;
  return (
    <section aria-label={`Summary of ${name}`} className="grid gap-1 rounded-md border border-ok/40 px-3 py-2.5">
      <h2 className="font-semibold text-meta text-ok">Summary</h2>
      <LazyMarkdown text={summary} />
    </section>
  );
}
