import type { ReactElement } from "react";
import { Letter } from "@/components/variation/letter";
import { variationOfTarget } from "@/lib/run/check-names";
import { targetTitle } from "@/lib/run/check-table";

/** The letter in its colour; the base and compositions by their names. */
export function TargetLabel({ target }: { target: string }): ReactElement {
  const variation = variationOfTarget(target);
  return variation === undefined ? <span className="text-muted">{targetTitle(target)}</span> : <Letter variation={variation} />;
}
