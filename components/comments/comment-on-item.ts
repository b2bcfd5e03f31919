import { itemText, toolTitle } from "@/components/transcript/item-text";
import { toast } from "@/components/ui/toast";
import type { RunStore } from "@/lib/client/run-store";
import type { TranscriptItem } from "@/lib/run/state";
import { toolVerb } from "@/lib/tool-words";
import { draftStore } from "./draft-store";

/** Of what is shown of an item; the server quotes it by itself. */
const QUOTED = 600;

/** Begins a comment on an item of a transcript. */
export function commentOnItem(store: Pick<RunStore, "folded">, seq: number | undefined): void {
  const run = store.folded();
  const variation = run.variations.find(({ items }) => items.some((item) => item.seq === seq));
  const item = variation?.items.find((one) => one.seq === seq);
  if (variation === undefined || item === undefined)
    return void toast.info("Nothing is marked", { description: "J and K go from item to item." });
  draftStore(run.runId)
    .getState()
    .comment({
      on: { kind: "item", variation_id: variation.index, seq: item.seq },
      variation: variation.index,
      place: titleOf(item),
      quote: itemText(item).trim().slice(0, QUOTED),
    });
}

function titleOf(item: TranscriptItem): string {
  if (item.kind === "tool") return `${toolVerb(item)} ${toolTitle(item.title)}`;
  return { text: "what it said", thinking: "what it thought", message: "a message" }[item.kind as "text"] ?? "what happened";
}
