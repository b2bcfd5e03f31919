import { useSyncExternalStore } from "react";

/** Something that this browser keeps, shared by all of its tabs. */
export interface StoredValue<T> {
  get(): T;
  set(value: T): void;
  subscribe(listener: () => void): () => void;
  /** The same on server and browser until the page is hydrated. */
  initial: T;
}

/** `parse` takes what is stored (null: nothing) and never throws. Where storage is blocked or full a value lasts as long as the page. */
export function storedValue<T>(key: string, parse: (text: string | null) => T, format: (value: T) => string): StoredValue<T> {
  const initial = parse(null);
  const listeners = new Set<() => void>();
  let value: T | undefined;
  const read = (): T => {
    try {
      return parse(localStorage.getItem(key));
    } catch {
      return initial;
    }
  };
  const onStorage = (event: StorageEvent): void => {
    if (event.key !== key && event.key !== null) return;
    value = parse(event.newValue);
    for (const listener of listeners) listener();
  };
  return {
    initial,
    get: () => (value ??= read()),
    set(next) {
      value = next;
      try {
        localStorage.setItem(key, format(next));
      } catch {
        // As above.
      }
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      if (listeners.size === 0) window.addEventListener("storage", onStorage);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) window.removeEventListener("storage", onStorage);
      };
    },
  };
}

export function useStored<T>({ subscribe, get, initial }: StoredValue<T>): T {
  return useSyncExternalStore(subscribe, get, () => initial);
}
