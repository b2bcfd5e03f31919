import type { ReactElement } from "react";
import { Letter } from "@/components/variation/letter";

/** Those who wrote the same, side by side; none of them: a person's hand, or an agent that was to fit it together. */
export function Letters({ variations, agent }: { variations: readonly number[]; agent?: boolean }): ReactElement {
  if (agent) return <AgentMark />;
  if (variations.length === 0) return <HandMark />;
  return (
    <span className="inline-flex shrink-0 gap-px">
      {variations.map((variation) => (
        <Letter key={variation} variation={variation} className="size-4 text-[10px]" />
      ))}
    </span>
  );
}

/** Stands for what was written by hand. */
export function HandMark(): ReactElement {
  return (
    <span className="inline-grid size-4 shrink-0 place-items-center rounded border border-line-strong text-[10px]">
      <span aria-hidden="true">✎</span>
      <span className="sr-only">by hand</span>
    </span>
  );
}

/** Stands for what an agent wrote to fit a composition together. */
export function AgentMark(): ReactElement {
  return (
    <span className="inline-grid size-4 shrink-0 place-items-center rounded border border-line-strong border-dashed text-[10px]">
      <span aria-hidden="true">✦</span>
      <span className="sr-only">by an agent</span>
    </span>
  );
}
