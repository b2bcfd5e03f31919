"use client";

import { useMemo } from "react";
import { useStore } from "zustand";
import type { RunState } from "@/lib/run/state";
import { draftStore } from "./draft-store";
import { openComments } from "./threads";

/** By path, what is open about a file; the same map while nothing of it changes. */
export function useOpenComments({ runId, messages, resolved }: RunState): ReturnType<typeof openComments> {
  const drafts = useStore(draftStore(runId), (store) => store.comments);
  return useMemo(() => openComments({ messages, resolved }, drafts), [messages, resolved, drafts]);
}
