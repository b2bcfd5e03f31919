"use client";

import { WifiOff } from "lucide-react";
import { type ReactElement, useEffect, useState } from "react";
import type { ConnectionStatus } from "@/lib/client/run-connection";

/** A reconnect that takes less is nobody's business. */
const PATIENCE_MS = 2_000;

/** While the server cannot be reached: what that means for the agents and for what is on the screen. */
export function OfflineBanner({ connection }: { connection: ConnectionStatus }): ReactElement | null {
  const away = connection !== "live";
  const [long, setLong] = useState(false);
  useEffect(() => {
    if (!away) return;
    const timer = setTimeout(() => setLong(true), PATIENCE_MS);
    return () => {
      clearTimeout(timer);
      setLong(false);
    };
  }, [away]);
  if (!away || !long) return null;
  return (
    <p role="status" className="flex shrink-0 items-center gap-2.5 border-line border-b bg-panel px-4 py-1.5 text-meta">
      <WifiOff aria-hidden="true" className="size-3.5 shrink-0 text-bad" />
      <span>
        <b className="font-medium">No connection to the server.</b>{" "}
        <span className="text-muted">The agents work on. This page catches up by itself, with everything they did.</span>
      </span>
    </p>
  );
}
