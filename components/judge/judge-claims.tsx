"use client";

import { type ReactElement, useState } from "react";
import { FilePlace } from "@/components/checks/diff-place";
import { Button } from "@/components/ui/button";
import { Letter } from "@/components/variation/letter";
import { targetOfVariation } from "@/lib/run/check-names";
import type { JudgeClaim } from "@/lib/run/judge-events";
import type { JudgeReview } from "@/lib/run/judge-state";
import { variationLetter } from "@/lib/run/select";

const FIRST = 6;

/** What the samples rest on: each claim leads to its line in the diff; those whose citation does not hold stand apart. */
export function JudgeClaims({ review, preferred }: { review: JudgeReview; preferred: number | undefined }): ReactElement {
  const all = withoutRepeats(review.samples.flatMap(({ claims }) => claims));
  const holds = all.filter(({ verified }) => verified);
  const loose = all.filter(({ verified }) => !verified);
  const of = (stance: "for" | "against") => holds.filter((claim) => claim.variation === preferred && claim.stance === stance);
  const others = holds.filter(({ variation }) => variation !== preferred);
  return (
    <div className="grid gap-3">
      {preferred !== undefined && <ClaimList title={`For ${variationLetter(preferred)}`} claims={of("for")} />}
      {preferred !== undefined && <ClaimList title={`Against ${variationLetter(preferred)}`} claims={of("against")} />}
      <ClaimList title={preferred === undefined ? "Claims" : "On others"} claims={others} stances />
      {loose.length > 0 && (
        <details>
          <summary className="cursor-pointer text-muted">
            {loose.length} {loose.length === 1 ? "claim does" : "claims do"} not count: what {loose.length === 1 ? "it cites" : "they cite"}{" "}
            is not there
          </summary>
          <ClaimList title="Not counted" claims={loose} />
        </details>
      )}
    </div>
  );
}

function ClaimList({
  title,
  claims,
  stances = false,
}: {
  title: string;
  claims: readonly JudgeClaim[];
  stances?: boolean;
}): ReactElement | null {
  const [whole, setWhole] = useState(false);
  if (claims.length === 0) return null;
  const shown = whole ? claims : claims.slice(0, FIRST);
  return (
    <section aria-label={title} className="grid gap-1.5">
      <h3 className="font-semibold">{title}</h3>
      <ul className="grid gap-1.5">
        {shown.map((claim) => (
          <li
            key={`${claim.variation} ${claim.text} ${claim.file} ${claim.line}`}
            className="grid grid-cols-[18px_1fr] gap-2 text-muted leading-relaxed"
          >
            <Letter variation={claim.variation} />
            <p className="[overflow-wrap:anywhere]">
              {stances && <span className={claim.stance === "for" ? "text-ok" : "text-bad"}>{claim.stance} </span>}“{claim.text}”{" "}
              <Place claim={claim} />
            </p>
          </li>
        ))}
      </ul>
      {claims.length > FIRST && !whole && (
        <Button kind="quiet" className="justify-self-start" onClick={() => setWhole(true)}>
          Show all {claims.length}
        </Button>
      )}
    </section>
  );
}

function Place({ claim: { variation, file, line, endLine, verified, problem } }: { claim: JudgeClaim }): ReactElement {
  if (verified) return <FilePlace target={targetOfVariation(variation)} file={file} line={line} />;
  return (
    <>
      <code>
        {file}:{line}
        {endLine !== undefined && `–${endLine}`}
      </code>{" "}
      <span className="text-warn">{problem}</span>
    </>
  );
}

/** Samples often say the same. */
function withoutRepeats(claims: readonly JudgeClaim[]): JudgeClaim[] {
  return [...new Map(claims.map((claim) => [`${claim.variation} ${claim.text} ${claim.file} ${claim.line}`, claim])).values()];
}
