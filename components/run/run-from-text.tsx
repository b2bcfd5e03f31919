"use client";

import { type ReactElement, useState } from "react";
import type { RunState } from "@/lib/run/state";
import { RunView } from "./run-view";

/**
 * `RunView` of a state given as JSON: as one text a long run crosses from server to browser several times as fast as value by value, since
 * neither side has to look at its hundred thousands of parts for anything that React could stream.
 */
export function RunFromText({ initial, now }: { initial: string; now: number }): ReactElement {
  const [run] = useState(() => JSON.parse(initial) as RunState);
  return <RunView initial={run} now={now} />;
}
