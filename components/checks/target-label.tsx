import type { ReactElement } from "react";
import { Letter } from "@/components/variation/letter";
import { variationOfTarget } from "@/lib/run/check-names";

/** `base`, `A`, `composition-1`: as people say it. */
export function targetName(target: string): string {
  return variationOfTarget(target) === undefined ? target : target.toUpperCase();
}

/** The letter in its colour; the base and compositions by their names. */
export function TargetLabel({ target }: { target: string }): ReactElement {
  const variation = variationOfTarget(target);
  return variation === undefined ? <span className="text-muted">{target}</span> : <Letter variation={variation} />;
}
