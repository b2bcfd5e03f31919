"use client";

import { useCallback, useEffect } from "react";
import type { StoreApi } from "zustand";
import { itemLink, itemText } from "@/components/transcript/item-text";
import { eventOfHash, type Place, placeOfEvent, placeOfItem } from "@/components/transcript/locate-event";
import type { TranscriptStore } from "@/components/transcript/transcript-store";
import { copyText } from "@/components/ui/copy-text";
import { toast } from "@/components/ui/toast";
import { getEvent, problemFrom } from "@/lib/client/api";
import type { RunStore } from "@/lib/client/run-store";
import { variationLetter } from "@/lib/run/select";
import type { PaneStore } from "./pane-store";

/** How long an item is waited for: a long transcript is drawn piece by piece, its end first. */
const PATIENCE_MS = 5_000;
/** What was not drawn before has another height once it is: so often its place is corrected. */
const SETTLING_FRAMES = 4;

export interface Items {
  /** Opens an item's pane and scrolls to it; resolves to its element, or undefined when it did not appear. */
  goTo(place: Place): Promise<HTMLElement | undefined>;
  /** Marks the next or previous item of the focused pane. */
  step(by: -1 | 1): void;
  copy(what: "text" | "link"): void;
}

/** Moving among the items of a run's transcripts. An address with `#event=<seq>` leads to its item. */
export function useItems({
  store,
  panes,
  transcripts,
  onLive,
}: {
  store: RunStore;
  panes: StoreApi<PaneStore>;
  transcripts: StoreApi<TranscriptStore>;
  /** Makes sure that the panes are in sight. */
  onLive: () => void;
}): Items {
  const goTo = useCallback(
    async (place: Place): Promise<HTMLElement | undefined> => {
      onLive();
      panes.getState().reveal(place.variation);
      transcripts.getState().unfold(place.seq);
      const element = await appear(place);
      if (element !== undefined) await bringIntoSight(element);
      return element;
    },
    [panes, transcripts, onLive],
  );

  const openLink = useCallback(async (): Promise<void> => {
    const seq = eventOfHash(window.location.hash);
    if (seq === undefined) return;
    const place = placeOfItem(store.folded(), seq) ?? (await lookUp(store, seq));
    if (place === undefined) return;
    transcripts.getState().mark(place.seq);
    await goTo(place);
  }, [store, transcripts, goTo]);

  useEffect(() => {
    const onHash = (): void => void openLink();
    onHash();
    window.addEventListener("hashchange", onHash);
    return () => window.removeEventListener("hashchange", onHash);
  }, [openLink]);

  const step = useCallback(
    (by: -1 | 1): void => {
      const { focused } = panes.getState();
      const seqs = [...document.querySelectorAll<HTMLElement>(`[data-pane="${focused}"] [data-seq]:not(:empty)`)];
      const { marked, mark } = transcripts.getState();
      const at = seqs.findIndex(({ dataset }) => Number(dataset.seq) === marked);
      const next = at === -1 ? seqs.at(-1) : seqs[at + by];
      if (next === undefined) return;
      mark(Number(next.dataset.seq));
      next.scrollIntoView({ block: "nearest" });
    },
    [panes, transcripts],
  );

  const copy = useCallback(
    (what: "text" | "link"): void => {
      const { marked } = transcripts.getState();
      if (marked === undefined) return void toast.info("Nothing is marked", { description: "J and K go from item to item." });
      copyItem(store, marked, what);
    },
    [store, transcripts],
  );

  return { goTo, step, copy };
}

/** Copies what an item says, or the address that leads to it. */
export function copyItem(store: Pick<RunStore, "folded">, seq: number, what: "text" | "link"): void {
  if (what === "link") return copyText(itemLink(seq), "Link copied");
  const item = store
    .folded()
    .variations.flatMap(({ items }) => items)
    .find((one) => one.seq === seq);
  if (item !== undefined) copyText(itemText(item), "Text copied");
}

/** An event that began no item: the log knows which variation it belongs to. */
async function lookUp(store: RunStore, seq: number): Promise<Place | undefined> {
  const run = store.folded();
  try {
    const event = await getEvent(run.runId, seq);
    const place = event === undefined ? undefined : placeOfEvent(run, event);
    if (place !== undefined) return place;
    const why = event === undefined ? `The log of this run ends before event ${seq}.` : `Event ${seq} belongs to the run as a whole.`;
    toast.error("Nothing to show at this address", { description: why });
  } catch (error) {
    toast.error("Could not look up the event", { description: problemFrom(error).detail });
  }
  return undefined;
}

async function appear({ variation, seq }: Place): Promise<HTMLElement | undefined> {
  const until = performance.now() + PATIENCE_MS;
  do {
    const element = document.querySelector<HTMLElement>(`[data-pane="${variation}"] [data-seq="${seq}"]`);
    if (element !== null && element.getClientRects().length > 0) return element;
    await frame();
  } while (performance.now() < until);
  toast.error(`The item is not in the transcript of ${variationLetter(variation)}`);
  return undefined;
}

async function bringIntoSight(element: HTMLElement): Promise<void> {
  for (let at = 0; at < SETTLING_FRAMES; at += 1) {
    element.scrollIntoView({ block: element.offsetHeight > element.ownerDocument.documentElement.clientHeight / 2 ? "start" : "center" });
    await frame();
  }
}

const frame = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => resolve()));
