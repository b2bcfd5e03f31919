import type { ReactElement } from "react";
import { cx } from "@/components/ui/cx";
import type { RunSummary } from "@/lib/protocol/http";
import { variationLetter } from "@/lib/run/select";

type Variations = RunSummary["variations"];
type State = Variations[number]["state"];

const CROSS = "polygon(18% 0,50% 32%,82% 0,100% 18%,68% 50%,100% 82%,82% 100%,50% 68%,18% 100%,0 82%,32% 50%,0 18%)";

/** The shape tells the state, the colour and the letter tell whose. */
const shapes: Record<State, string> = {
  queued: "rounded-full border-[1.5px] border-v border-dashed",
  preparing: "rounded-full border-[1.5px] border-v border-dashed animate-pulse-dot",
  running: "rounded-full border-2 border-v animate-pulse-dot",
  completed: "rounded-full bg-v",
  failed: "bg-v",
  cancelled: "h-0.5 rounded-[1px] bg-v",
};

/** One mark per variation; on phones with the letter beside it, where no table head names the columns. */
export function StatusMarks({ variations }: { variations: Variations }): ReactElement {
  const text = variations.map(({ variation_id, state }) => `${variationLetter(variation_id)} ${state}`).join(", ");
  return (
    <span role="img" aria-label={text} title={text} className="flex gap-2.5 sm:grid sm:grid-cols-[repeat(5,14px)] sm:gap-1">
      {variations.map(({ variation_id, state }) => (
        <span
          key={variation_id}
          data-v={variationLetter(variation_id)}
          className="flex h-3.5 items-center gap-1 sm:justify-center"
          aria-hidden="true"
        >
          <span className={cx("size-[9px]", shapes[state])} style={state === "failed" ? { clipPath: CROSS } : undefined} />
          <b className="font-mono font-semibold text-[11px] text-v leading-none sm:hidden">{variationLetter(variation_id)}</b>
        </span>
      ))}
    </span>
  );
}
