import { createStore, type StoreApi } from "zustand";
import { DEFAULT_VARIATIONS } from "@/lib/protocol/bounds";
import type { SetupResponse } from "@/lib/protocol/http";
import { MAX_VARIATIONS } from "@/lib/run/bounds";

/** Kept as typed: a half-written number is not lost. */
export interface DraftLimits {
  turns: string;
  minutes: string;
  dollars: string;
}

/** What a person has put together and not sent yet. */
export interface Draft {
  repository: string;
  base: string;
  prompt: string;
  /** Model id per variation. */
  models: string[];
  limits: DraftLimits;
}

export interface DraftStore extends Draft {
  edit(change: Partial<Omit<Draft, "models" | "limits">>): void;
  setLimit(name: keyof DraftLimits, value: string): void;
  setModel(variation: number, model: string): void;
  addVariation(): void;
  removeVariation(variation: number): void;
  /** Takes over what was kept in this browser, and keeps every change from now on. Returns how to stop. */
  connect(typed: string): () => void;
  /** The prompt became a run: the next one begins empty, with the same repository and line-up. */
  forgetPrompt(): void;
}

const STORED = "aideator.draft";

/** One composer's draft. The first value is the same on server and browser; `connect` brings in what the browser kept. */
export function createDraftStore(setup: SetupResponse): StoreApi<DraftStore> {
  return createStore<DraftStore>()((set, get, store) => ({
    repository: setup.recent_repositories[0]?.url ?? setup.sample_repository?.url ?? "",
    base: "",
    prompt: "",
    models: Array.from({ length: DEFAULT_VARIATIONS }, () => setup.default_model),
    limits: { turns: "", minutes: "", dollars: "" },
    edit: (change) => set(change),
    setLimit: (name, value) => set({ limits: { ...get().limits, [name]: value } }),
    setModel: (variation, model) => set({ models: get().models.map((one, index) => (index === variation ? model : one)) }),
    addVariation: () => {
      const { models } = get();
      if (models.length < MAX_VARIATIONS) set({ models: [...models, models.at(-1) ?? setup.default_model] });
    },
    removeVariation: (variation) => {
      const { models } = get();
      if (models.length > 1) set({ models: models.filter((_, index) => index !== variation) });
    },
    connect: (typed) => {
      const kept = readDraft(setup);
      // What was typed before this script ran counts more than what was kept.
      set(typed === "" ? kept : { ...kept, prompt: typed });
      return store.subscribe((draft) => keepDraft(draft));
    },
    forgetPrompt: () => keepDraft({ ...get(), prompt: "" }),
  }));
}

function keepDraft({ repository, base, prompt, models, limits }: Draft): void {
  try {
    localStorage.setItem(STORED, JSON.stringify({ repository, base, prompt, models, limits } satisfies Draft));
  } catch {
    // Storage is blocked or full: the draft lasts as long as the page.
  }
}

/** Only what still makes sense: an older page, or another hand, may have written it. */
function readDraft(setup: SetupResponse): Partial<Draft> {
  const stored = readStored();
  const draft: Partial<Draft> = {};
  for (const name of ["repository", "base", "prompt"] as const) {
    const value = stored[name];
    if (typeof value === "string" && value !== "") draft[name] = value;
  }
  const { models, limits } = stored;
  if (Array.isArray(models) && models.length > 0) {
    const known = new Set(setup.models.map(({ id }) => id));
    draft.models = models.slice(0, MAX_VARIATIONS).map((model) => (known.has(String(model)) ? String(model) : setup.default_model));
  }
  if (isRecord(limits)) {
    const text = (name: keyof DraftLimits): string => (typeof limits[name] === "string" ? limits[name] : "");
    draft.limits = { turns: text("turns"), minutes: text("minutes"), dollars: text("dollars") };
  }
  return draft;
}

function readStored(): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(STORED) ?? "{}");
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
