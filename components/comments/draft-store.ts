import { createStore, type StoreApi } from "zustand";
import type { SendMessageRequest } from "@/lib/protocol/messages";
import { newId } from "./new-id";

/** A comment that is not sent yet; `place` and `quote` are as the person saw them, the server takes the exact words itself. */
export interface DraftComment {
  id: string;
  on: NonNullable<SendMessageRequest["comments"]>[number]["on"];
  /** The thread that it goes on; absent: it begins one. */
  replyTo?: string;
  /** Whose lines they are; absent: the base's. */
  variation?: number;
  place: string;
  quote: string;
  text: string;
  port: boolean;
}

/** A draft is written in the list of comments, or between the lines that it is about. */
export type DraftPlace = "list" | "lines";

interface Draft {
  text: string;
  /** Undefined until somebody chooses: then whomever the drafts are about, or whoever works, or else everybody. */
  to: readonly number[] | undefined;
  comments: readonly DraftComment[];
}

export interface DraftStore extends Draft {
  /** Who was chosen was chosen for a message that is sent: comments on something else begin anew. */
  spent: boolean;
  /** The list of comments is open. */
  panel: boolean;
  /** The draft that is to be written in now, and where. */
  wanted: { id: string; where: DraftPlace } | undefined;
  /** Drafts with words whose field is open all the same. */
  editing: readonly string[];
  /** Threads that somebody folded, or opened again. */
  folded: Readonly<Record<string, boolean>>;
  write(text: string): void;
  address(to: readonly number[]): void;
  /** A new one, ready to be written: in the list, which opens, or between the lines of the diff. Returns its id. */
  comment(draft: Omit<DraftComment, "id" | "text" | "port">, options?: { port?: boolean; where?: DraftPlace }): string;
  change(id: string, change: Partial<Pick<DraftComment, "text" | "port">>): void;
  edit(id: string, where: DraftPlace): void;
  /** It is written for now. */
  keep(id: string): void;
  /** The one that was wanted has the focus. */
  arrive(): void;
  fold(thread: string, folded: boolean): void;
  discard(id: string): void;
  /** What was discarded by mistake. */
  restore(draft: DraftComment): void;
  show(panel: boolean): void;
  /** Takes out what is to be sent: what is written from now on is another message. Recipients stay, until it begins with a comment. */
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
    spent: false,
    write: (text) => set({ text }),
    address: (to) => set({ to: [...to].sort((one, other) => one - other), spent: false }),
    wanted: undefined,
    editing: [],
    folded: {},
    comment: (draft, { port = false, where = "list" } = {}) => {
      const id = newId();
      const { text, to, comments, editing, panel, spent } = get();
      const anew = spent && text.trim() === "" && comments.length === 0;
      set({
        ...(anew ? { to: undefined, spent: false } : { to }),
        comments: [...comments, { ...draft, id, text: "", port }],
        editing: [...editing, id],
        wanted: { id, where },
        panel: panel || where === "list",
      });
      return id;
    },
    edit: (id, where) => set({ editing: [...get().editing.filter((one) => one !== id), id], wanted: { id, where } }),
    keep: (id) => set({ editing: get().editing.filter((one) => one !== id) }),
    arrive: () => set({ wanted: undefined }),
    fold: (thread, folded) => set({ folded: { ...get().folded, [thread]: folded } }),
    restore: (draft) => set({ comments: [...get().comments, draft] }),
    change: (id, change) => set({ comments: get().comments.map((one) => (one.id === id ? { ...one, ...change } : one)) }),
    discard: (id) => {
      get().keep(id);
      set({ comments: get().comments.filter((one) => one.id !== id) });
    },
    show: (panel) => set({ panel }),
    take: () => {
      const { text, comments } = get();
      set({ text: "", comments: [], editing: [], wanted: undefined, spent: true });
      return { text, comments };
    },
    putBack: (taken) =>
      set({
        text: [taken.text, get().text].filter((text) => text !== "").join("\n"),
        comments: [...taken.comments, ...get().comments],
        spent: false,
      }),
  }));
  store.subscribe(({ text, to, comments }, before) => {
    if (text !== before.text || to !== before.to || comments !== before.comments) keepDraft(runId, { text, to, comments });
  });
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
