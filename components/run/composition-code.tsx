"use client";

import { deferred } from "@/components/ui/deferred";

/** Few runs are won by a composition: its score comes when there is one. */
export const { Component: CompositionCell } = deferred(
  () => import("./composition-cell").then((module) => module.CompositionCell),
  <div className="h-[60px] border-line border-b bg-panel" />,
);
