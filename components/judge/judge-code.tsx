"use client";

import { deferred } from "@/components/ui/deferred";
import type { RunState } from "@/lib/run/state";

/** What a model says of the variations: its code comes when the checks are looked at. */
export const { Component: JudgePanel } = deferred<{ run: RunState }>(
  async () => (await import("./judge-panel")).JudgePanel,
  // As wide as what comes, so that the tables beside it stay where they are.
  <p className="border-line p-4 text-muted max-[1200px]:border-t min-[1201px]:w-[364px] min-[1201px]:shrink-0 min-[1201px]:border-l">
    Loading…
  </p>,
);
