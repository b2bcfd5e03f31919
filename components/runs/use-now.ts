"use client";

import { useEffect, useState } from "react";

/** The time, coarse: begins with the server's, so that both render the same, and moves on every half minute. */
export function useNow(initial: number): number {
  const [now, setNow] = useState(initial);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
