"use client";

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type StoreApi, useStore } from "zustand";
import { createFinder, type FindResult, type FoundPlace, numberOf, placeAt } from "@/components/transcript/find-matches";
import type { TranscriptStore } from "@/components/transcript/transcript-store";
import type { RunStore } from "@/lib/client/run-store";
import { bringRangeIntoSight, clearFound, paintFound, rangeAt } from "./find-highlights";
import { shownPanes } from "./pane-order";
import type { PaneStore } from "./pane-store";
import type { Find } from "./use-find";
import type { Items } from "./use-items";

/** Between two searches, or two colourings, while agents go on writing. */
const REFRESH_MS = 250;

const nothing: FindResult = { items: [], total: 0, missing: 0 };

/** Where find looks. */
export interface Searched {
  store: RunStore;
  panes: StoreApi<PaneStore>;
  transcripts: StoreApi<TranscriptStore>;
  items: Items;
}

export interface Matches {
  /** How many panes are shown. */
  shown: number;
  result: FindResult;
  /** From 1; 0 when none is looked at. */
  number: number;
  step(by: -1 | 1): void;
  /** None is looked at any more. */
  reset(): void;
}

/** The places of what is asked for, in everything this page holds, drawn or not. */
export function useMatches({ query, all, pane }: Find, { store, panes, transcripts, items }: Searched): Matches {
  const [place, setPlace] = useState<FoundPlace>();
  const shownKey = useStore(panes, (state) => shownPanes(state).join(","));
  const sought = useMemo(() => (all ? shownKey.split(",").map(Number) : [pane]), [all, shownKey, pane]);
  const result = useResult(store, query, sought);
  useHighlights(query !== "", result, query, place);

  const goTo = useCallback(
    async (next: FoundPlace | undefined, text: string): Promise<void> => {
      setPlace(next);
      if (next === undefined) return;
      const element = await items.goTo(next);
      const range = element === undefined ? undefined : rangeAt(next, text);
      if (range !== undefined) bringRangeIntoSight(range);
      // Written, but not drawn (the address of a link, say): at least where it is.
      else transcripts.getState().mark(next.seq);
    },
    [items, transcripts],
  );

  const number = place === undefined ? undefined : numberOf(result, place);
  return {
    shown: shownKey.split(",").length,
    result,
    number: number === undefined ? 0 : number + 1,
    step: (by) => {
      if (result.total === 0) return;
      const next = number === undefined ? (by === 1 ? 0 : -1) : number + by;
      void goTo(placeAt(result, (next + result.total) % result.total), query);
    },
    reset: () => setPlace(undefined),
  };
}

/** What is found now, and, while agents go on, a moment later. */
function useResult(store: RunStore, query: string, sought: readonly number[]): FindResult {
  const [result, setResult] = useState(nothing);
  useEffect(() => {
    const find = createFinder(query);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const search = (): void => {
      timer = undefined;
      setResult(query === "" ? nothing : find(sought.flatMap((index) => store.folded().variations[index] ?? [])));
    };
    timer = setTimeout(search, 0);
    const stop = store.subscribe(() => {
      timer ??= setTimeout(search, REFRESH_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [store, query, sought]);
  return result;
}

/** Colours follow whatever is drawn: pieces that come into the document, what is opened, what is being written. */
function useHighlights(active: boolean, result: FindResult, query: string, place: FoundPlace | undefined): void {
  const latest = useRef({ result, query, place });
  useEffect(() => {
    latest.current = { result, query, place };
    if (active) paintFound(result, query, place);
  }, [active, result, query, place]);
  useEffect(() => {
    if (!active) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const paint = (): void => {
      timer = undefined;
      paintFound(latest.current.result, latest.current.query, latest.current.place);
    };
    const observer = new MutationObserver(() => {
      timer ??= setTimeout(paint, REFRESH_MS);
    });
    for (const log of document.querySelectorAll("[data-pane]"))
      observer.observe(log, { childList: true, subtree: true, characterData: true });
    return () => {
      observer.disconnect();
      clearTimeout(timer);
      clearFound();
    };
  }, [active]);
}
