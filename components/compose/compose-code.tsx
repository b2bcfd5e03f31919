"use client";

import { deferred } from "@/components/ui/deferred";
import type { ComposeViewProps } from "./compose-view";

/** The tab's code comes when it is looked at. */
export const { Component: ComposeView } = deferred<ComposeViewProps>(
  async () => (await import("./compose-view")).ComposeView,
  <p className="p-4 text-muted">Loading…</p>,
);
