import { createStore, type StoreApi } from "zustand";
import type { SendMessageRequest } from "@/lib/protocol/messages";
import { newId } from "./new-id";

/** A comment that is not sent yet; `place` and `quote` are as the person saw them, the server takes the exact words itself. */
export interface DraftComment {
  id: string;
  on: NonNullable<SendMessageRequest["comments"]>[number]["on"];
  /** Whose lines they are; absent: the base's. */
  variation?: number;
  place: string;
  quote: string;
  text: string;
  port: boolean;
}

interface Draft {
  text: string;
  /** Undefined until somebody chooses: then whoever works, or else everybody. */
  to: readonly number[] | undefined;
  comments: readonly DraftComment[];
}

export interface DraftStore extends Draft {
  /** The list of comments is open. */
  panel: boolean;
  write(text: string): void;
  address(to: readonly number[]): void;
  /** Opens the list with the new one in it, ready to be written. */
  comment(draft: Omit<DraftComment, "id" | "text" | "port">, port?: boolean): void;
  change(id: string, change: Partial<Pick<DraftComment, "text" | "port">>): void;
  discard(id: string): void;
  show(panel: boolean): void;
  /** Takes out what is to be sent: what is written from now on is another message. Recipients stay. */
  take(): Pick<Draft, "text" | "comments">;
  /** It could not be sent: back to the front of what was written meanwhile. */
  putBack(taken: Pick<Draft, "text" | "comments">): void;
}

const STORED = "aideator.messages";
/** Runs whose draft is remembered; the one written longest ago goes first. */
const MAX_RUNS = 20;
const stores = new Map<string, StoreApi<DraftStore>>();

/** What is being written to a run's variations: one for all parts of the page, kept in this browser until it is sent. */
export function draftStore(runId: string): StoreApi<DraftStore> {
  const known = stores.get(runId);
  if (known !== undefined) return known;
  const store = createStore<DraftStore>()((set, get) => ({
    ...readDraft(runId),
    panel: false,
    write: (text) => set({ text }),
    address: (to) => set({ to: [...to].sort((one, other) => one - other) }),
    comment: (draft, port = false) => set({ comments: [...get().comments, { ...draft, id: newId(), text: "", port }], panel: true }),
    change: (id, change) => set({ comments: get().comments.map((one) => (one.id === id ? { ...one, ...change } : one)) }),
    discard: (id) => set({ comments: get().comments.filter((one) => one.id !== id) }),
    show: (panel) => set({ panel }),
    take: () => {
      const { text, comments } = get();
      set({ text: "", comments: [] });
      return { text, comments };
    },
    putBack: (taken) =>
      set({
        text: [taken.text, get().text].filter((text) => text !== "").join("\n"),
        comments: [...taken.comments, ...get().comments],
      }),
  }));
  store.subscribe(({ text, to, comments }) => keepDraft(runId, { text, to, comments }));
  stores.set(runId, store);
  return store;
}

function readAll(): Record<string, Draft> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(STORED) ?? "{}");
    return typeof kept === "object" && kept !== null ? (kept as Record<string, Draft>) : {};
  } catch {
    return {};
  }
}

/** Only what still makes sense: an older page, or another hand, may have written it. */
function readDraft(runId: string): Draft {
  const kept = readAll()[runId] as Partial<Draft> | undefined;
  return {
    text: typeof kept?.text === "string" ? kept.text : "",
    to: Array.isArray(kept?.to) ? kept.to.filter((index) => Number.isInteger(index)) : undefined,
    comments: Array.isArray(kept?.comments) ? kept.comments.filter((one) => typeof one?.id === "string" && typeof one.on === "object") : [],
  };
}

function keepDraft(runId: string, draft: Draft): void {
  const { [runId]: _, ...others } = readAll();
  const empty = draft.text === "" && draft.comments.length === 0 && draft.to === undefined;
  const entries = [...Object.entries(others), ...(empty ? [] : [[runId, draft] as const])].slice(-MAX_RUNS);
  try {
    localStorage.setItem(STORED, JSON.stringify(Object.fromEntries(entries)));
  } catch {
    // Storage is blocked or full: the draft lasts as long as the page.
  }
}
