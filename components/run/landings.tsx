"use client";

import { ChevronRight } from "lucide-react";
import { type ReactElement, useId, useState } from "react";
import { LandingLine } from "@/components/land/landing-line";
import { cx } from "@/components/ui/cx";
import { useHydrated } from "@/components/ui/use-hydrated";
import type { Landing } from "@/lib/run/state";

/** Where the run's trees have gone: the newest landing, and the earlier ones below it on demand. */
export function Landings({ landings }: { landings: readonly Landing[] }): ReactElement | null {
  const [open, setOpen] = useState(false);
  const listId = useId();
  const newest = landings.at(-1);
  if (newest === undefined) return null;
  const earlier = landings.slice(0, -1).reverse();
  return (
    <div className="mt-1 min-w-0 text-meta text-muted">
      <div className="flex min-w-0 flex-wrap items-center gap-x-3">
        <LandingLine landing={newest} />
        {earlier.length > 0 && (
          <button
            type="button"
            aria-expanded={open}
            aria-controls={listId}
            onClick={() => setOpen(!open)}
            className="inline-flex shrink-0 items-center gap-1 rounded hover:text-text"
          >
            <ChevronRight aria-hidden="true" className={cx("size-3 transition-transform", open && "rotate-90")} />
            {earlier.length === 1 ? "1 earlier landing" : `${earlier.length} earlier landings`}
          </button>
        )}
      </div>
      {open && earlier.length > 0 && (
        // What scrolls must be reachable by keyboard.
        <ul id={listId} tabIndex={0} aria-label="Earlier landings" className="mt-1 grid max-h-32 gap-1 overflow-y-auto">
          {earlier.map((landing) => (
            <li key={landing.id} className="flex min-w-0 gap-x-3">
              <LandingLine landing={landing} />
              <When at={landing.startedAt} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function When({ at }: { at: number }): ReactElement {
  const exact = new Date(at).toISOString();
  return (
    <time dateTime={exact} title={exact} className="shrink-0 text-faint tabular-nums">
      {useHydrated() ? new Date(at).toLocaleString([], { dateStyle: "short", timeStyle: "short" }) : ""}
    </time>
  );
}
