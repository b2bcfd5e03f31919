"use client";

import type { ReactElement } from "react";
import { type StoreApi, useStore } from "zustand";
import { lettersOf } from "@/lib/run/letters";
import type { RunState } from "@/lib/run/state";
import type { DraftStore } from "./draft-store";
import { recipientsOf } from "./recipients";

/** `to B`: who is given what is being written now; nothing where there is nobody to choose from. */
export function SentTo({ run, drafts }: { run: RunState; drafts: StoreApi<DraftStore> }): ReactElement | null {
  const to = useStore(drafts, (store) => store.to);
  const comments = useStore(drafts, (store) => store.comments);
  if (run.variations.length < 2) return null;
  return <>to {lettersOf(recipientsOf(run, to, comments)) || "nobody yet"}</>;
}
