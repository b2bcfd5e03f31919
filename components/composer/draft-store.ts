import { createStore, type StoreApi } from "zustand";
import { DEFAULT_VARIATIONS } from "@/lib/protocol/bounds";
import type { SetupResponse } from "@/lib/protocol/http";
import { MAX_VARIATIONS } from "@/lib/run/bounds";

import { isRecord, readStored, writeStored } from "./kept";
import { type LineUpEntry, newEntry, readLineUp } from "./line-up-entry";
import { keepPictures, type Picture, readPictures } from "./pictures";

/** Kept as typed: a half-written number is not lost. */
export interface DraftLimits {
  turns: string;
  minutes: string;
  /** US dollars of one variation. */
  dollars: string;
  /** US dollars of all variations together. */
  runDollars: string;
}

/** What a person has put together and not sent yet. */
export interface Draft {
  repository: string;
  base: string;
  prompt: string;
  /** One entry per variation. */
  lineUp: LineUpEntry[];
  limits: DraftLimits;
  pictures: Picture[];
}

export interface DraftStore extends Draft {
  edit(change: Partial<Pick<Draft, "repository" | "base" | "prompt">>): void;
  setLimit(name: keyof DraftLimits, value: string): void;
  changeVariation(variation: number, change: Partial<LineUpEntry>): void;
  setLineUp(lineUp: LineUpEntry[]): void;
  addVariation(): void;
  removeVariation(variation: number): void;
  setPictures(pictures: Picture[]): void;
  /** Takes over what was kept in this browser, and keeps every change from now on. Returns how to stop. */
  connect(typed: string): () => void;
  /** Prompt and pictures became a run: the next one begins empty, with the same repository and line-up. */
  forgetPrompt(): void;
}

const STORED = "aideator.draft";
export const noLimits: DraftLimits = { turns: "", minutes: "", dollars: "", runDollars: "" };

/** One composer's draft. The first value is the same on server and browser; `connect` brings in what the browser kept. */
export function createDraftStore(setup: SetupResponse): StoreApi<DraftStore> {
  return createStore<DraftStore>()((set, get, store) => ({
    repository: setup.recent_repositories[0]?.url ?? setup.sample_repository?.url ?? "",
    base: "",
    prompt: "",
    lineUp: Array.from({ length: DEFAULT_VARIATIONS }, () => newEntry(setup)),
    limits: noLimits,
    pictures: [],
    edit: (change) => set(change),
    setLimit: (name, value) => set({ limits: { ...get().limits, [name]: value } }),
    changeVariation: (variation, change) =>
      set({ lineUp: get().lineUp.map((entry, index) => (index === variation ? { ...entry, ...change } : entry)) }),
    setLineUp: (lineUp) => set({ lineUp }),
    addVariation: () => {
      const { lineUp } = get();
      if (lineUp.length < MAX_VARIATIONS) set({ lineUp: [...lineUp, lineUp.at(-1) ?? newEntry(setup)] });
    },
    removeVariation: (variation) => {
      const { lineUp } = get();
      if (lineUp.length > 1) set({ lineUp: lineUp.filter((_, index) => index !== variation) });
    },
    setPictures: (pictures) => set({ pictures }),
    connect: (typed) => {
      const kept = readDraft(setup);
      // What was typed before this script ran counts more than what was kept.
      set(typed === "" ? kept : { ...kept, prompt: typed });
      void readPictures().then((pictures) => {
        if (pictures.length > 0 && get().pictures.length === 0) set({ pictures });
      });
      return store.subscribe((draft, before) => {
        keepDraft(draft);
        if (draft.pictures !== before.pictures) void keepPictures(draft.pictures);
      });
    },
    forgetPrompt: () => {
      keepDraft({ ...get(), prompt: "" });
      void keepPictures([]);
    },
  }));
}

function keepDraft({ repository, base, prompt, lineUp, limits }: Draft): void {
  writeStored(STORED, { repository, base, prompt, lineUp, limits } satisfies Omit<Draft, "pictures">);
}

/** Only what still makes sense: an older page, or another hand, may have written it. */
function readDraft(setup: SetupResponse): Partial<Draft> {
  const read = readStored(STORED);
  const stored = isRecord(read) ? read : {};
  const draft: Partial<Draft> = {};
  for (const name of ["repository", "base", "prompt"] as const) {
    const value = stored[name];
    if (typeof value === "string" && value !== "") draft[name] = value;
  }
  const lineUp = readLineUp(stored.lineUp, setup);
  if (lineUp !== undefined) draft.lineUp = lineUp;
  const { limits } = stored;
  if (isRecord(limits)) {
    const text = (name: keyof DraftLimits): string => (typeof limits[name] === "string" ? limits[name] : "");
    draft.limits = { turns: text("turns"), minutes: text("minutes"), dollars: text("dollars"), runDollars: text("runDollars") };
  }
  return draft;
}
