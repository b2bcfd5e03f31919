"use client";

import { WifiOff } from "lucide-react";
import type { ReactElement } from "react";
import { useServerHealth } from "./use-server-health";

/** While the server cannot be reached: what that means for the page and for the agents. */
export function AwayBanner(): ReactElement {
  const health = useServerHealth();
  return (
    <div role="status">
      {health === "offline" && (
        <p className="fixed inset-x-0 bottom-0 z-30 flex items-center justify-center gap-2.5 border-line border-t bg-raised px-4 py-2 text-meta">
          <WifiOff aria-hidden="true" className="size-3.5 shrink-0 text-bad" />
          <span>
            <b className="font-medium">The server does not answer.</b>{" "}
            <span className="text-muted">What is shown may be out of date, and nothing can be saved. Agents at work go on.</span>
          </span>
        </p>
      )}
    </div>
  );
}
