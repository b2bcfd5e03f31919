import Link from "next/link";
import type { ReactElement, ReactNode } from "react";
import type { RunSummary, SetupResponse } from "@/lib/protocol/http";

interface SetupNoticesProps {
  setup: SetupResponse;
  /** Runs that the provider keeps waiting now. */
  paused: readonly Pick<RunSummary, "paused">[];
}

/** What a person should know about this server before running: no key, no isolation, a provider that refuses. */
export function SetupNotices({ setup, paused }: SetupNoticesProps): ReactElement | null {
  const { isolated, summary, remedy } = setup.sandbox;
  const reason = paused[0]?.paused?.reason;
  if (!setup.demo && isolated && reason === undefined) return null;
  return (
    <div className="grid gap-1.5 px-1 pt-2.5 text-meta text-muted sm:px-4">
      {setup.demo && (
        <Notice>
          <b className="font-medium text-text">No model key is set.</b> The demo model answers: scripted, but its edits are real.{" "}
          <Link href="/settings/provider" className="text-text underline decoration-line-strong underline-offset-3">
            Add a key in settings
          </Link>
        </Notice>
      )}
      {reason !== undefined && (
        <Notice>
          <b className="font-medium text-text">{paused.length === 1 ? "A run is paused." : `${paused.length} runs are paused.`}</b> {reason}{" "}
          A new run with this provider may have to wait as well.
        </Notice>
      )}
      {!isolated && (
        <Notice>
          <b className="font-medium text-text">{summary}</b> {remedy}
        </Notice>
      )}
    </div>
  );
}

function Notice({ children }: { children: ReactNode }): ReactElement {
  return (
    <p className="flex items-baseline gap-2">
      <span className="size-[7px] shrink-0 -translate-y-px rounded-full bg-warn" aria-hidden="true" />
      <span className="min-w-0 [overflow-wrap:anywhere]">{children}</span>
    </p>
  );
}
