import { Ban, CircleCheck, CircleDashed, CircleX, Clock, Unplug } from "lucide-react";
import type { ReactElement } from "react";
import { cx } from "@/components/ui/cx";
import type { VariationState } from "@/lib/run/state";

const looks = {
  queued: { Icon: Clock, colour: "text-muted" },
  preparing: { Icon: CircleDashed, colour: "text-muted" },
  running: { Icon: undefined, colour: "text-v" },
  completed: { Icon: CircleCheck, colour: "text-ok" },
  failed: { Icon: CircleX, colour: "text-bad" },
  cancelled: { Icon: Ban, colour: "text-muted" },
  lost: { Icon: Unplug, colour: "text-warn" },
} as const;

/** The state of a variation: icon and word; `quiet` leaves the word to screen readers. */
export function StateBadge({ variation, quiet = false }: { variation: VariationState; quiet?: boolean }): ReactElement {
  const { status, stopRequested, failure } = variation;
  // The agent did nothing wrong: it must not look as if.
  const shown = failure?.code === "lost" ? "lost" : status;
  const { Icon, colour } = looks[shown];
  const active = status === "running" || status === "preparing" || status === "queued";
  return (
    <span className={cx("inline-flex shrink-0 items-center gap-[5px] text-meta", colour)}>
      {Icon === undefined ? (
        <span aria-hidden="true" className="size-[7px] animate-pulse-dot rounded-full bg-current" />
      ) : (
        <Icon aria-hidden="true" className="size-3.5" />
      )}
      <span className={quiet ? "sr-only" : undefined}>{active && stopRequested ? "stopping" : shown}</span>
    </span>
  );
}
