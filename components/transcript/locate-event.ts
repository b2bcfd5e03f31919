import type { RunEvent } from "@/lib/run/events";
import type { RunState, TranscriptItem } from "@/lib/run/state";

/** Where an item stands. */
export interface Place {
  variation: number;
  seq: number;
}

/** `#event=17` → 17; undefined for any other fragment of an address. */
export function eventOfHash(hash: string): number | undefined {
  const digits = /^#event=(\d{1,15})$/.exec(hash)?.[1];
  return digits === undefined || Number(digits) === 0 ? undefined : Number(digits);
}

/** The item that began with this event. */
export function placeOfItem({ variations }: Pick<RunState, "variations">, seq: number): Place | undefined {
  const found = variations.find(({ items }) => items.some((item) => item.seq === seq));
  return found === undefined ? undefined : { variation: found.index, seq };
}

/** The item that shows an event: its own, the tool call it belongs to, or the last one before it. Undefined for events of the run itself. */
export function placeOfEvent({ variations }: Pick<RunState, "variations">, { seq, variation, event }: RunEvent): Place | undefined {
  const items = variation === undefined ? undefined : variations[variation]?.items;
  if (variation === undefined || items === undefined) return undefined;
  const callId = "callId" in event ? event.callId : undefined;
  const call =
    callId === undefined ? undefined : items.findLast((item) => item.kind === "tool" && item.callId === callId && item.seq <= seq);
  const item: TranscriptItem | undefined = call ?? items.findLast((one) => one.seq <= seq) ?? items[0];
  return item === undefined ? undefined : { variation, seq: item.seq };
}
