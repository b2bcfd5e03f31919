"use client";

import { deferred } from "@/components/ui/deferred";
import type { RunState } from "@/lib/run/state";

/** The tab Checks: its code comes when it is asked for. */
export const { Component: ChecksView, load: loadChecksView } = deferred<{ run: RunState }>(
  async () => (await import("./checks-view")).ChecksView,
  <p className="p-4 text-muted">Loading…</p>,
);
