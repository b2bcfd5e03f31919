import type { ReactElement } from "react";

const WIDTHS = [42, 58, 31, 66, 49, 12, 37, 71, 54, 28, 61, 45];

/** Lines that are still to come. Not before a moment has passed: what is quick does not flicker. */
export function Skeleton({ what }: { what: string }): ReactElement {
  return (
    <div role="status" className="pointer-events-none absolute inset-0 z-10 animate-[appear_1ms_180ms_both] overflow-hidden bg-bg p-3">
      <span className="sr-only">Loading {what}…</span>
      <div aria-hidden="true" className="grid gap-2">
        {WIDTHS.map((width) => (
          <div key={width} className="h-[11px] rounded-sm bg-hover" style={{ width: `${width}%` }} />
        ))}
      </div>
    </div>
  );
}
