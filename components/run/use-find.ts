"use client";

import { useCallback, useMemo, useState } from "react";
import { type StoreApi, useStore } from "zustand";
import type { PaneStore } from "./pane-store";

/** What is asked of find; the answers come with its bar (`use-matches.ts`). */
export interface Find {
  open: boolean;
  query: string;
  /** Every pane that is shown, or the focused one. */
  all: boolean;
  /** The pane that is searched when not all are. */
  pane: number;
  /** Grows whenever the field should take the focus. */
  asked: number;
  show(all: boolean): void;
  /** In one pane. */
  showIn(pane: number): void;
  close(): void;
  ask(query: string): void;
  setAll(all: boolean): void;
}

/** Finding something in one transcript or in all. */
export function useFind(panes: StoreApi<PaneStore>): Find {
  const [open, setOpen] = useState(false);
  const [asked, setAsked] = useState(0);
  const [query, ask] = useState("");
  const [all, setAll] = useState(false);
  const focused = useStore(panes, (state) => state.focused);
  const [pane, setPane] = useState(focused);
  const begin = useCallback((one: number) => {
    setPane(one);
    setOpen(true);
    setAsked((before) => before + 1);
  }, []);
  const showIn = useCallback(
    (one: number) => {
      setAll(false);
      begin(one);
    },
    [begin],
  );
  return useMemo(
    () => ({
      ...{ open, query, all, pane, asked, showIn, ask, setAll },
      show: (everywhere) => {
        if (everywhere) setAll(true);
        begin(focused);
      },
      close: () => {
        setOpen(false);
        document.querySelector<HTMLElement>(`[data-pane="${focused}"] [role="log"]`)?.focus({ preventScroll: true });
      },
    }),
    [open, query, all, pane, asked, showIn, begin, focused],
  );
}
