"use client";

import { Check, Copy } from "lucide-react";
import { type ReactElement, useState } from "react";
import { Button } from "@/components/ui/button";
import type { LandingResponse } from "@/lib/protocol/landing";
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
      {landing.next !== null && <Command text={landing.next} />}
      {landing.notes.map((note) => (
        <p key={note} className="text-meta text-muted [overflow-wrap:anywhere]">
          {note}
        </p>
      ))}
    </section>
  );
}

function Command({ text }: { text: string }): ReactElement {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <div className="grid gap-1">
      <p className="text-meta text-muted">Next</p>
      <div className="flex items-start gap-2 rounded-md bg-raised px-2.5 py-1.5">
        <code className="min-w-0 flex-1 select-all text-meta [overflow-wrap:anywhere]">{text}</code>
        <Button kind="quiet" size="icon" aria-label={copied ? "Copied" : "Copy the command"} onClick={() => void copy()}>
          {copied ? <Check size={14} /> : <Copy size={14} />}
        </Button>
      </div>
    </div>
  );
}
