"use client";

import { createContext, type ReactElement, type ReactNode, useContext, useEffect, useState } from "react";

const Now = createContext(0);

/** Gives its children the time: the server's at first, so that both render the same, then the browser's, once per second. */
export function NowProvider({ initial, children }: { initial: number; children: ReactNode }): ReactElement {
  const [now, setNow] = useState(initial);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return <Now.Provider value={now}>{children}</Now.Provider>;
}

/** ms since the epoch; who asks is rendered again every second. */
export function useNow(): number {
  return useContext(Now);
}
