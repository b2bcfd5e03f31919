import { Ban, Check, CircleDashed, Clock, Minus, TriangleAlert, Unplug, X } from "lucide-react";
import type { ReactElement } from "react";
import type { CellMark } from "./gate-cells";

const shapes = {
  passed: Check,
  failed: X,
  none: Minus,
  queued: Clock,
  running: CircleDashed,
  error: TriangleAlert,
  skipped: Ban,
  no_api: Unplug,
} as const;

export type Mark = CellMark | "no_api";

/** A shape of its own for each state, in the colour of what it stands in; the words stand beside it. */
export function CheckMark({ mark }: { mark: Mark }): ReactElement {
  if (mark === "better" || mark === "worse") {
    return (
      <span aria-hidden="true" className="w-3 shrink-0 text-center text-[9px] leading-none">
        {mark === "worse" ? "▲" : "▼"}
      </span>
    );
  }
  const Shape = shapes[mark];
  return (
    <Shape
      aria-hidden="true"
      className={mark === "running" ? "size-3 shrink-0 animate-spin [animation-duration:3s]" : "size-3 shrink-0"}
      strokeWidth={2.5}
    />
  );
}
