"use client";

import { Clock } from "lucide-react";
import type { ReactElement } from "react";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { Letter } from "@/components/variation/letter";
import { problemFrom, withdrawMessage } from "@/lib/client/api";
import { lettersOf } from "@/lib/run/letters";
import { isWaiting } from "@/lib/run/message-state";
import { isTerminal, type RunState } from "@/lib/run/state";

/** Messages that agents are still to be given, oldest first. Nothing while there are none. */
export function WaitingMessages({ run }: { run: RunState }): ReactElement | null {
  const waiting = run.messages.flatMap((message) => {
    const to = message.to.filter((index) => isWaiting(message, index));
    return to.length === 0 ? [] : [{ message, to }];
  });
  if (waiting.length === 0) return null;
  return (
    <ul aria-label="Queued messages" className="max-h-28 overflow-y-auto border-line border-b py-1">
      {waiting.map(({ message, to }) => (
        <li key={message.id} className="flex h-8 items-center gap-2 px-4 text-meta max-[700px]:px-3">
          <Clock aria-hidden="true" className="size-3 shrink-0 text-faint" />
          <span className="sr-only">For {lettersOf(to)}:</span>
          <span aria-hidden="true" className="flex gap-1">
            {to.map((index) => (
              <Letter key={index} variation={index} />
            ))}
          </span>
          <span className="min-w-0 flex-1 truncate">{wordsOf(message)}</span>
          <span className="shrink-0 text-faint max-[700px]:hidden">{when(run, to)}</span>
          <Button kind="quiet" onClick={() => withdraw(run.runId, message.id)} className="-mr-2.5">
            Withdraw
          </Button>
        </li>
      ))}
    </ul>
  );
}

function wordsOf({ text, comments }: RunState["messages"][number]): string {
  const words = text.trim().replace(/\s+/g, " ").slice(0, 300);
  const count = comments.length === 0 ? "" : comments.length === 1 ? "1 comment" : `${comments.length} comments`;
  return [words, count].filter((part) => part !== "").join(" · ");
}

/** Who was stopped is not started by what had been queued before. */
function when(run: RunState, to: readonly number[]): string {
  const stopped = to.every((index) => isTerminal(run.variations[index]?.status ?? "completed"));
  return stopped ? "kept: sent with your next message" : "queued: sent when this turn ends";
}

async function withdraw(runId: string, message: string): Promise<void> {
  try {
    await withdrawMessage(runId, message);
  } catch (error) {
    toast.error("Could not take the message back", { description: problemFrom(error).detail });
  }
}
