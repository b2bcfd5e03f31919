"use client";

import { Trophy } from "lucide-react";
import type { ReactElement } from "react";
import { ticksOfTarget } from "@/components/checks/gate-ticks";
import { ScoreGates } from "@/components/checks/score-gates";
import { Button } from "@/components/ui/button";
import { Letter } from "@/components/variation/letter";
import type { Composition } from "@/lib/run/composition";
import { sourceName } from "@/lib/run/select";
import type { RunState } from "@/lib/run/state";
import { compositionHead } from "@/lib/run/trees";

interface CompositionCellProps {
  run: RunState;
  composition: Composition;
  onSelect: () => void;
}

/** The score of the composition that won, beside those of the variations: whose work is in it, how much, and how its checks stand. */
export function CompositionCell({ run, composition, onSelect }: CompositionCellProps): ReactElement {
  const { number, name, snapshot } = composition;
  const title = sourceName({ composition: number });
  const ticks = ticksOfTarget(run, compositionHead(number), snapshot?.tree);
  const { files = 0, added = 0, deleted = 0, variations = [] } = snapshot ?? {};
  const moved = snapshot !== undefined && run.selection?.commit !== snapshot.commit;
  return (
    <div className="@container h-[60px] min-w-0 shrink-0 overflow-hidden border-line border-b bg-panel px-3 pt-2 pb-1.5 shadow-[inset_0_2px_var(--text)]">
      <div className="flex h-[22px] min-w-0 items-center gap-[7px] whitespace-nowrap">
        <b className="min-w-0 truncate font-medium" title={name ?? title}>
          {name ?? title}
        </b>
        <span className="flex-1" />
        <ScoreGates letter={title} ticks={ticks} />
        <span className="inline-flex shrink-0 items-center gap-1 text-meta text-ok">
          <Trophy aria-hidden="true" className="size-3.5" />
          <span className="@max-[330px]:sr-only">winner</span>
        </span>
      </div>
      <div className="mt-px flex h-[23px] min-w-0 items-center gap-2.5 whitespace-nowrap text-meta text-muted tabular-nums">
        <span className="inline-flex gap-px">
          {variations.map((variation) => (
            <Letter key={variation} variation={variation} className="size-4 text-[10px]" />
          ))}
        </span>
        <span title={files === 1 ? "1 file changed" : `${files} files changed`}>
          <span className={added === 0 ? "text-faint" : "text-ok"}>+{added}</span>{" "}
          <span className={deleted === 0 ? "text-faint" : "text-bad"}>−{deleted}</span>
        </span>
        {moved && (
          <span
            className="min-w-0 truncate text-warn"
            title="It was changed after it was selected: select it again to take its newest state."
          >
            changed since
          </span>
        )}
        <span className="flex-1" />
        <Button aria-label={`Selected: ${title}`} onClick={onSelect} className="-mr-1 h-[22px] px-2">
          Selected
        </Button>
      </div>
    </div>
  );
}
