import { useSyncExternalStore } from "react";

const subscribe = (): (() => void) => () => undefined;

/** False on the server and during hydration: what only a browser knows may be shown once it is true. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => true,
    () => false,
  );
}
