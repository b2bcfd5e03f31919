"use client";

import { deferred } from "@/components/ui/deferred";
import type { RunState } from "@/lib/run/state";

/** What a model says of the variations: its code comes when the checks are looked at. */
export const { Component: JudgePanel } = deferred<{ run: RunState }>(
  async () => (await import("./judge-panel")).JudgePanel,
  <p className="p-4 text-muted">Loading…</p>,
);
