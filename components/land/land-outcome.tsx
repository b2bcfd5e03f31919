"use client";

import type { ReactElement } from "react";
import type { LandingResponse } from "@/lib/protocol/landing";
import { Command } from "./command";
import { landedWords } from "./land-words";
import { LandingLink } from "./landing-line";

/** What came of it, and the command to type next. */
export function LandOutcome({ landing }: { landing: LandingResponse }): ReactElement {
  return (
    <section role="status" aria-label="Landed" className="grid grid-cols-1 gap-2 rounded-md border border-ok/45 px-3 py-2.5">
      <p className="[overflow-wrap:anywhere]">
        <span className="font-semibold text-ok">
          {landedWords[landing.kind]} {landing.place}
        </span>{" "}
        {landing.branch !== null && (
          <>
            on <code className="select-all">{landing.branch}</code>{" "}
          </>
        )}
        {landing.commit !== null && (
          <span className="text-muted">
            as <code>{landing.commit.slice(0, 7)}</code>
          </span>
        )}
      </p>
      {landing.url !== null && (
        <p>
          <LandingLink url={landing.url} />
        </p>
      )}
      {landing.next !== null && <Command title="Next" text={landing.next} />}
      {landing.notes.map((note) => (
        <p key={note} className="text-meta text-muted [overflow-wrap:anywhere]">
          {note}
        </p>
      ))}
    </section>
  );
}
