import { setTimeout as pause } from "node:timers/promises";
import { type ClusterApi, ClusterError } from "./cluster-api";

/** What every object of the API has that a watch needs. */
export interface ClusterObject {
  metadata?: { name?: string; resourceVersion?: string };
}

interface ListAnswer<T> {
  metadata?: { resourceVersion?: string };
  items?: T[];
}

interface WatchEvent<T> {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  object: T & { code?: number; message?: string; metadata?: { resourceVersion?: string } };
}

/** What is known of one kind of object in a namespace, kept up to date by one watch for everybody. */
export interface ResourceWatch<T extends ClusterObject> {
  /** Resolves at once with what is there, once the first list is in. */
  all(): Promise<ReadonlyMap<string, T>>;
  /** Told after each change. Returns what ends that. */
  onChange(listener: (changed: { name: string; now?: T; before?: T }) => void): () => void;
  close(): void;
}

/** Bookmarks come about once a minute; a watch that is silent for longer is dead. */
const IDLE_MS = 90_000;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 10_000;

/**
 * Lists, then watches from the list's resourceVersion on; a watch that ends goes on where it was. What the API server no longer remembers
 * (410) is listed again, and what is missing from the new list counts as deleted. Starts with its first user.
 */
export function watchResources<T extends ClusterObject>(
  api: ClusterApi,
  path: string,
  labelSelector: string,
  onTrouble: (error: unknown) => void,
): ResourceWatch<T> {
  const known = new Map<string, T>();
  const listeners = new Set<(changed: { name: string; now?: T; before?: T }) => void>();
  const closing = new AbortController();
  let version: string | undefined;
  let first: Promise<void> | undefined;

  function put(name: string, now: T | undefined): void {
    const before = known.get(name);
    if (now === undefined) known.delete(name);
    else known.set(name, now);
    for (const listener of listeners) listener({ name, now, before });
  }

  async function list(): Promise<void> {
    const answer = (await api.call("GET", path, { query: { labelSelector }, signal: closing.signal })) as ListAnswer<T>;
    const items = new Map(
      (answer.items ?? []).flatMap((item) => (item.metadata?.name === undefined ? [] : [[item.metadata.name, item] as const])),
    );
    for (const name of [...known.keys()]) if (!items.has(name)) put(name, undefined);
    for (const [name, item] of items) put(name, item);
    version = answer.metadata?.resourceVersion;
  }

  /** One watch, to its end, whatever that is. */
  async function watch(onNews: () => void): Promise<void> {
    const query = {
      watch: "1",
      allowWatchBookmarks: "true",
      labelSelector,
      timeoutSeconds: "300",
      ...(version === undefined ? {} : { resourceVersion: version }),
    };
    for await (const line of api.lines(path, query, { signal: closing.signal, idleMs: IDLE_MS })) {
      if (line === "") continue;
      const { type, object } = JSON.parse(line) as WatchEvent<T>;
      if (type === "ERROR") throw new ClusterError(object.code ?? 500, "Expired", object.message ?? "the watch ended with an error");
      onNews();
      const name = object.metadata?.name;
      // The last state of a deleted object is what its end is read from.
      if (type === "DELETED" && name !== undefined) {
        known.set(name, object);
        put(name, undefined);
      } else if (type !== "BOOKMARK" && name !== undefined) put(name, object);
      version = object.metadata?.resourceVersion ?? version;
    }
  }

  async function keepWatching(): Promise<void> {
    let wait = FIRST_WAIT_MS;
    while (!closing.signal.aborted) {
      try {
        if (version === undefined) await list();
        await watch(() => {
          wait = FIRST_WAIT_MS;
        });
      } catch (error) {
        if (closing.signal.aborted) return;
        if (error instanceof ClusterError && error.status === 410) version = undefined;
        else onTrouble(error);
      }
      await pause(wait * (0.5 + Math.random() / 2), undefined, { signal: closing.signal }).catch(() => undefined);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  }

  function start(): Promise<void> {
    first ??= list().then(
      () => void keepWatching(),
      (error: unknown) => {
        first = undefined;
        throw error;
      },
    );
    return first;
  }

  return {
    async all() {
      await start();
      return known;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => closing.abort(),
  };
}
