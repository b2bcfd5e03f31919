"use client";

import type { ReactElement } from "react";
import { formatDuration, formatElapsed } from "@/lib/format";
import { useNow } from "./now";

/** How long something takes, or took. Nothing before it started. */
export function Elapsed({ from, to }: { from?: number; to?: number }): ReactElement | null {
  if (from === undefined) return null;
  return to === undefined ? <Ticking from={from} /> : <span>{formatDuration(to - from)}</span>;
}

/** Apart, so that what has ended is not rendered every second. */
function Ticking({ from }: { from: number }): ReactElement {
  return <span>{formatElapsed(useNow() - from)}</span>;
}
