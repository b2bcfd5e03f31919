"use client";

import { ServerCrash, X } from "lucide-react";
import { type ReactElement, useState } from "react";
import { Button } from "@/components/ui/button";
import { useHydrated } from "@/components/ui/use-hydrated";
import { variationLetter } from "@/lib/run/select";
import type { RunState } from "@/lib/run/state";
import { useNow } from "./now";
import { RetryButton } from "./retry-button";

/** How long a restart is news when nothing was lost. */
const NEWS_MS = 10 * 60_000;

/** After a restart of the server: what went on, what was lost, and the way to do that again. */
export function RestartBanner({ run }: { run: RunState }): ReactElement | null {
  const [dismissed, setDismissed] = useState(0);
  const hydrated = useHydrated();
  const now = useNow();
  const { restart } = run;
  if (restart === undefined || restart.seq <= dismissed) return null;
  const lost = restart.lost.filter((index) => run.variations[index]?.failure?.code === "lost");
  if (lost.length === 0 && now - restart.at > NEWS_MS) return null;
  const time = hydrated ? ` at ${new Date(restart.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}` : "";
  return (
    <div role="status" className="flex shrink-0 items-center gap-2.5 border-line border-b bg-panel px-4 py-1.5 text-meta">
      <ServerCrash aria-hidden="true" className="size-3.5 shrink-0 text-warn" />
      <p className="min-w-0 flex-1">
        <b className="font-medium">The server restarted{time}.</b>{" "}
        <span className="text-muted">
          {restart.reattached.length > 0 && `${names(restart.reattached)} went on and lost nothing. `}
          {lost.length > 0 && `${names(lost)} ${lost.length === 1 ? "was" : "were"} lost: what was changed until then is kept.`}
        </span>
      </p>
      {lost.length > 0 && (
        <span className="flex shrink-0 gap-1.5">
          {lost.map((index) => (
            <RetryButton key={index} runId={run.runId} variation={index}>{`Retry ${variationLetter(index)}`}</RetryButton>
          ))}
        </span>
      )}
      <Button kind="quiet" size="icon" aria-label="Dismiss" onClick={() => setDismissed(restart.seq)} className="size-[22px] shrink-0">
        <X aria-hidden="true" className="size-3" />
      </Button>
    </div>
  );
}

/** `A`, `A and B`, `A, B and C`. */
function names(indices: readonly number[]): string {
  const letters = indices.map(variationLetter);
  const last = letters.pop() ?? "";
  return letters.length === 0 ? last : `${letters.join(", ")} and ${last}`;
}
