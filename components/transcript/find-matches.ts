import type { TranscriptItem, VariationState } from "@/lib/run/state";
import { itemText } from "./item-text";

/** An item in which something was found, and how often. */
export interface FoundItem {
  variation: number;
  seq: number;
  count: number;
}

export interface FindResult {
  /** Pane by pane, each from top to bottom. */
  items: readonly FoundItem[];
  total: number;
  /** Bytes of output that this page does not hold: they were not searched. */
  missing: number;
}

/** One of the places where something was found: the `at`-th in its item, from 0. */
export interface FoundPlace {
  variation: number;
  seq: number;
  at: number;
}

/** Where `query` begins in `text`, whatever the case; without overlaps. Nothing for an empty query. */
export function occurrences(text: string, query: string): number[] {
  const [within, sought] = [text.toLowerCase(), query.toLowerCase()];
  const found: number[] = [];
  if (sought === "") return found;
  for (let at = within.indexOf(sought); at !== -1; at = within.indexOf(sought, at + sought.length)) found.push(at);
  return found;
}

/** Searches transcripts for one query. Items that it has seen before are not searched again: a transcript grows at its end. */
export function createFinder(query: string): (variations: readonly VariationState[]) => FindResult {
  const counts = new WeakMap<TranscriptItem, number>();
  const countIn = (item: TranscriptItem): number => {
    const known = counts.get(item);
    if (known !== undefined) return known;
    const count = occurrences(itemText(item), query).length;
    counts.set(item, count);
    return count;
  };
  return (variations) => {
    const items: FoundItem[] = [];
    let total = 0;
    let missing = 0;
    for (const { index, items: transcript } of variations) {
      for (const item of transcript) {
        const count = countIn(item);
        if (item.kind === "tool") missing += item.truncatedBytes;
        if (count > 0) items.push({ variation: index, seq: item.seq, count });
        total += count;
      }
    }
    return { items, total, missing };
  };
}

/** The `number`-th place of a result, from 0. */
export function placeAt({ items }: FindResult, number: number): FoundPlace | undefined {
  let before = 0;
  for (const { variation, seq, count } of items) {
    if (number < before + count) return { variation, seq, at: number - before };
    before += count;
  }
  return undefined;
}

/** The number of a place, from 0, after the result has changed; undefined where it is gone. */
export function numberOf({ items }: FindResult, place: FoundPlace): number | undefined {
  let before = 0;
  for (const item of items) {
    if (item.seq === place.seq) return place.at < item.count ? before + place.at : undefined;
    before += item.count;
  }
  return undefined;
}
