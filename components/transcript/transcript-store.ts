"use client";

import { createContext, useContext } from "react";
import { createStore, type StoreApi, useStore } from "zustand";

/** What a person has opened and looked up in the transcripts of one run; lives longer than a pane that is hidden. */
export interface TranscriptStore {
  /** By key: an item's `seq`, or `<seq>.all` for all lines of its output. Absent: as the item itself sees fit. */
  toggles: Readonly<Record<string, boolean>>;
  /** `seq` of the item that a link or a key led to. */
  marked: number | undefined;
  toggle(key: string, open: boolean): void;
  /** Opens everything that an item folds. */
  unfold(seq: number): void;
  mark(seq: number | undefined): void;
}

export function createTranscriptStore(): StoreApi<TranscriptStore> {
  return createStore<TranscriptStore>()((set, get) => ({
    toggles: {},
    marked: undefined,
    toggle: (key, open) => set({ toggles: { ...get().toggles, [key]: open } }),
    unfold: (seq) => set({ toggles: { ...get().toggles, [seq]: true, [`${seq}.all`]: true } }),
    mark: (marked) => set({ marked }),
  }));
}

/** Transcripts outside of a run's page share one. */
export const TranscriptContext = createContext(createTranscriptStore());

/** Whether a person has opened (or closed) something, and the way to. */
export function useToggle(key: string | number): [boolean | undefined, (open: boolean) => void] {
  const store = useContext(TranscriptContext);
  const chosen = useStore(store, ({ toggles }) => toggles[key]);
  return [chosen, (open) => store.getState().toggle(String(key), open)];
}

export function useMarked(seq: number): boolean {
  return useStore(useContext(TranscriptContext), ({ marked }) => marked === seq);
}
