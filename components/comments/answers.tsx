"use client";

import type { ReactElement } from "react";
import { toast } from "@/components/ui/toast";
import { Letter } from "@/components/variation/letter";
import { problemFrom, resolveComment } from "@/lib/client/api";
import { writeDiffLink } from "@/lib/diff/diff-link";
import { variationLetter } from "@/lib/run/select";
import type { RunState } from "@/lib/run/state";
import { Address } from "./address";
import { answerOf, type Sent } from "./threads";

/** Who was given a comment, and how far each of them is with it. */
export function Answers({ run, sent, className }: { run: RunState; sent: Sent; className: string }): ReactElement {
  return (
    <ul aria-label="Answers" className={className}>
      {sent.message.to.map((index) => (
        <li key={index} className="flex items-center gap-1.5 text-muted">
          <Letter variation={index} />
          <AnswerOf run={run} sent={sent} index={index} />
        </li>
      ))}
    </ul>
  );
}

const WORDS = { withdrawn: "withdrawn", queued: "queued", working: "working on it", none: "did not answer" } as const;

/** Where one recipient is with it; the turn that answered leads to what it changed. */
function AnswerOf({ run, sent: { message, comment }, index }: { run: RunState; sent: Sent; index: number }): ReactElement {
  const answer = answerOf(run, message, index);
  if (typeof answer === "string") return <span>{WORDS[answer]}</span>;
  const { turn } = answer;
  const path = comment.on.kind === "lines" ? comment.on.path : undefined;
  const changed = path !== undefined && run.variations[index]?.files[path] !== undefined ? path : undefined;
  const query = new URLSearchParams({ tab: "diff" });
  writeDiffLink(query, {
    left: turn > 1 ? { variation: index, turn: turn - 1 } : "base",
    right: { variation: index, turn },
    ...(changed === undefined ? {} : { file: changed }),
  });
  return (
    <Address
      query={query}
      className="underline underline-offset-2 hover:text-text"
      title={`What turn ${turn} of ${variationLetter(index)} changed`}
    >
      answered in turn {turn}
    </Address>
  );
}

/** Marks a thread as settled, or not. */
export async function settle(runId: string, thread: string, resolved: boolean): Promise<void> {
  try {
    await resolveComment(runId, thread, resolved);
  } catch (error) {
    toast.error("Could not change the comment", { description: problemFrom(error).detail });
  }
}
