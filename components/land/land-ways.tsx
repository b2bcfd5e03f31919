import type { ReactElement } from "react";
import { cx } from "@/components/ui/cx";
import type { LandPreviewResponse } from "@/lib/protocol/landing";
import { type LandingKind, landingKinds } from "@/lib/run/landing-events";
import { landWords } from "./land-words";

/** Where to: the ways that this run has, and why it has not the others. */
export function LandWays({
  kind,
  ways,
  onChange,
}: {
  kind: LandingKind;
  ways: LandPreviewResponse["ways"] | undefined;
  onChange: (kind: LandingKind) => void;
}): ReactElement {
  return (
    <fieldset className="grid">
      <legend className="mb-2 font-semibold">Where to?</legend>
      <div className="overflow-hidden rounded-md border border-line">
        {landingKinds.map((one) => {
          const way = ways?.find((entry) => entry.kind === one);
          const impossible = one !== "branch" && way?.possible !== true;
          return (
            <label
              key={one}
              className={cx(
                "flex cursor-pointer items-start gap-2.5 border-line border-b px-3 py-2 last:border-b-0 hover:bg-hover",
                one === kind && "bg-raised",
                impossible && "cursor-not-allowed text-muted",
              )}
            >
              <input
                type="radio"
                name="kind"
                checked={one === kind}
                disabled={impossible}
                onChange={() => onChange(one)}
                className="mt-1 accent-(--primary)"
              />
              <span className="min-w-0 flex-1">
                {landWords[one].name} <span className="text-meta text-muted">{way?.reason ?? landWords[one].about}</span>
              </span>
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}
