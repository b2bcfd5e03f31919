import type { ReactElement } from "react";
import { Letter } from "@/components/variation/letter";
import type { JudgeGate } from "@/lib/judge/gates";

/** What is known before any model is asked: who cannot be recommended, and of whom too little is known. */
export function GateWords({ gates }: { gates: readonly JudgeGate[] }): ReactElement {
  const out = gates.filter(({ allowed }) => !allowed);
  const unsure = gates.filter(({ allowed, reason }) => allowed && reason !== undefined);
  return (
    <ul aria-label="Before any model is asked" className="grid gap-1.5">
      {out.map(({ variation, reason }) => (
        <li key={variation} className="flex gap-2">
          <Letter variation={variation} />
          <span>
            <span className="text-bad">left out:</span> {reason}
          </span>
        </li>
      ))}
      {unsure.map(({ variation, reason }) => (
        <li key={variation} className="flex gap-2 text-muted">
          <Letter variation={variation} /> {reason}
        </li>
      ))}
      {out.length === 0 && unsure.length === 0 && <li className="text-muted">All variations pass the gates.</li>}
    </ul>
  );
}
