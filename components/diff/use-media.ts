import { useSyncExternalStore } from "react";

/** Below this the tree and the diff share one column, and so do both sides. */
const NARROW = "(max-width: 900px)";
/** From here on a third column has room beside them. */
const WIDE = "(min-width: 1200px)";

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = matchMedia(query);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    () => matchMedia(query).matches,
    () => false,
  );
}

/** True where there is no room for two columns; false on the server. */
export const useNarrow = (): boolean => useMedia(NARROW);

/** True where there is room for three columns; false on the server. */
export const useWide = (): boolean => useMedia(WIDE);
