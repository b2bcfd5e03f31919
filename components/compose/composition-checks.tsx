"use client";

import type { ReactElement } from "react";
import { ticksOfTarget } from "@/components/checks/gate-ticks";
import { ScoreGates } from "@/components/checks/score-gates";
import { useCheckOrders } from "@/components/checks/use-check-orders";
import { compositionConcerns } from "@/components/select/select-concerns";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import type { Composition } from "@/lib/run/composition";
import { sourceName } from "@/lib/run/select";
import type { RunState } from "@/lib/run/state";
import { compositionHead } from "@/lib/run/trees";

interface CompositionChecksProps {
  run: RunState;
  composition: Composition;
  /** Resolves once what was typed just now is saved: that is what is to be checked. */
  settled: () => Promise<unknown>;
}

/** How the checks of a composition stand, and what they say against selecting it. */
export function CompositionChecks({ run, composition, settled }: CompositionChecksProps): ReactElement {
  const { number, snapshot } = composition;
  const target = compositionHead(number);
  const orders = useCheckOrders(run.runId);
  const own = run.checks.runs.filter((one) => one.target === target);
  const open = own.some(({ status }) => status === "queued" || status === "running");
  const stale = own.some(({ tree }) => tree !== snapshot?.tree);
  const state = open ? "running" : own.length === 0 ? "not run yet" : stale ? "of an older state" : undefined;
  // That another one is the winner so far is seen above.
  const concerns = compositionConcerns(run, composition).filter(({ tone }) => tone === "bad");
  return (
    <section aria-label="Checks of the composition" className="grid gap-2 border-line border-b px-4 py-3 text-meta">
      <div className="flex min-h-6 items-center gap-2">
        <span>Checks</span>
        {!stale && (
          <ScoreGates
            letter={sourceName({ composition: number })}
            ticks={own.length === 0 ? [] : ticksOfTarget(run, target, snapshot?.tree)}
          />
        )}
        {state !== undefined && (
          <span role="status" className={cx("min-w-0 truncate", stale && !open ? "text-warn" : "text-muted")}>
            {state}
          </span>
        )}
        <span className="flex-1" />
        <Button
          disabled={open || orders.isPending || run.base === undefined}
          onClick={() =>
            void settled().then(() =>
              orders.run(own.length === 0 || stale ? { targets: ["base", target] } : { targets: [target], force: true }),
            )
          }
          className="h-6"
        >
          {own.length === 0 ? "Run checks" : "Run again"}
        </Button>
      </div>
      {concerns.map(({ title, text }) => (
        <p key={title} className="[overflow-wrap:anywhere]">
          <strong className="font-semibold text-bad">{title}.</strong> {text}
        </p>
      ))}
    </section>
  );
}
