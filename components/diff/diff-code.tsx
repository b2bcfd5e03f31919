"use client";

import { deferred } from "@/components/ui/deferred";
import type { RunState } from "@/lib/run/state";
import type { TextDiffProps } from "./text-diff";

/** What a run can be watched without comes when it is asked for, or before, while the page is idle. */
export const { Component: DiffView, load: loadDiffView } = deferred<{ run: RunState }>(
  async () => (await import("./diff-view")).DiffView,
  <p className="p-4 text-muted">Loading…</p>,
);

/** Monaco is larger than the rest of the page. */
export const { Component: TextDiff, load: loadTextDiff } = deferred<TextDiffProps>(async () => (await import("./text-diff")).TextDiff);

/** Makes and drops an editor: the first one starts its worker and all that editors share, which takes longer than everything after it. */
export async function warmDiffEditor(): Promise<void> {
  const { warmUp } = await import("./diff-editor");
  await warmUp();
}
