"use client";

import { useEffect, useState } from "react";
import { flushSync } from "react-dom";

/** True while the page is put on paper: what only stands there need not be on the screen's page. */
export function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    // The paper is laid out right after the event.
    const show = (on: boolean) => (): void => flushSync(() => setPrinting(on));
    const media = matchMedia("print");
    const follow = (): void => show(media.matches)();
    const [before, after] = [show(true), show(false)];
    media.addEventListener("change", follow);
    window.addEventListener("beforeprint", before);
    window.addEventListener("afterprint", after);
    return () => {
      media.removeEventListener("change", follow);
      window.removeEventListener("beforeprint", before);
      window.removeEventListener("afterprint", after);
    };
  }, []);
  return printing;
}
