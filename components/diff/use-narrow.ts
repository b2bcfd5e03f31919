import { useSyncExternalStore } from "react";

/** Below this the tree and the diff share one column, and so do both sides. */
const QUERY = "(max-width: 900px)";

const subscribe = (listener: () => void): (() => void) => {
  const media = matchMedia(QUERY);
  media.addEventListener("change", listener);
  return () => media.removeEventListener("change", listener);
};

/** True where there is no room for two columns; false on the server. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => matchMedia(QUERY).matches,
    () => false,
  );
}
