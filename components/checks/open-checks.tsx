import type { ReactElement } from "react";
import { checkProgress } from "@/lib/run/check-table";
import type { RunState } from "@/lib/run/state";

/** How many checks are still to come, beside the name of the tab. */
export function OpenChecks({ run }: { run: RunState }): ReactElement | null {
  const { open } = checkProgress(run);
  if (open === 0) return null;
  return (
    <span className="text-[11px] text-faint tabular-nums">
      {open}
      <span className="sr-only"> to go</span>
    </span>
  );
}
