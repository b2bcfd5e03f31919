"use client";

import { Check, ChevronRight, Circle, CircleDot } from "lucide-react";
import { memo, type ReactElement, useState } from "react";
import { cx } from "@/components/ui/cx";
import type { PlanItems } from "@/lib/run/state";

const states = {
  completed: { Icon: Check, icon: "text-ok", text: "text-faint", word: "done" },
  in_progress: { Icon: CircleDot, icon: "text-v", text: "text-text", word: "now" },
  /** Begun by an agent that has ended since. */
  left: { Icon: CircleDot, icon: "text-faint", text: "text-muted", word: "begun" },
  pending: { Icon: Circle, icon: "text-faint", text: "text-muted", word: "to do" },
} as const;

/** The agent's own plan, above its transcript; rendered again only when it is another plan. */
export const PlanItem = memo(function PlanItem({ plan, ended }: { plan: PlanItems; ended: boolean }): ReactElement {
  const [chosen, setOpen] = useState<boolean>();
  const done = plan.filter(({ status }) => status === "completed").length;
  // A plan that is done makes room for what came of it.
  const open = chosen ?? (done < plan.length && !ended);
  const current = ended ? undefined : plan.find(({ status }) => status === "in_progress");
  return (
    <div className="border-line border-b bg-panel px-3 py-1.5 text-meta">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex min-h-6 w-full min-w-0 items-center gap-1.5 rounded text-left text-muted hover:text-text"
      >
        <ChevronRight aria-hidden="true" className={cx("size-3 shrink-0 text-faint transition-transform", open && "rotate-90")} />
        <span className="shrink-0">Plan</span>
        {!open && current !== undefined && <span className="truncate text-text">{current.text}</span>}
        <span className="flex-1" />
        <span className="shrink-0 text-faint tabular-nums">
          {done} of {plan.length}
        </span>
      </button>
      {open && (
        // What scrolls must be reachable by keyboard.
        <ol tabIndex={0} aria-label="Plan" className="grid max-h-36 gap-0.5 overflow-y-auto pb-0.5">
          {plan.map(({ text, status }, index) => {
            const { Icon, icon, text: look, word } = states[status === "in_progress" && ended ? "left" : status];
            return (
              // A plan is replaced as a whole: its steps have no identity but their place.
              <li key={index} className={cx("flex min-w-0 gap-2", look)}>
                <Icon aria-label={word} className={cx("mt-[3px] size-3 shrink-0", icon)} />
                <span className="min-w-0 [overflow-wrap:anywhere]">{text.replaceAll("`", "")}</span>
              </li>
            );
          })}
        </ol>
      )}
    </div>
  );
});
