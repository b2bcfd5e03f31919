"use client";

import { Check } from "lucide-react";
import { usePathname } from "next/navigation";
import type { MouseEvent, ReactElement, ReactNode } from "react";
import { useNow } from "@/components/run/now";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { Letter } from "@/components/variation/letter";
import { problemFrom, resolveComment } from "@/lib/client/api";
import { writeDiffLink } from "@/lib/diff/diff-link";
import { formatAge } from "@/lib/format";
import { isWaiting, turnOfAttempt } from "@/lib/run/message-state";
import { variationLetter } from "@/lib/run/select";
import { isTerminal, type RunState } from "@/lib/run/state";
import { Quote } from "./quote";

type Message = RunState["messages"][number];
type Comment = Message["comments"][number];

/** A comment that was sent: what it is about, who was given it, and which turn answered. */
export function ThreadCard({ run, message, comment }: { run: RunState; message: Message; comment: Comment }): ReactElement {
  const { on, text, port, id } = comment;
  const resolved = run.resolved.includes(id);
  const now = useNow();
  return (
    <article className="grid gap-2 px-3 py-2.5 text-meta">
      <p className="flex min-w-0 items-center gap-1.5">
        {on.variation !== undefined && <Letter variation={on.variation} />}
        <Place run={run} comment={comment} />
        <span className="shrink-0 text-faint">{formatAge(message.at, now)}</span>
      </p>
      <Quote text={on.quote} />
      {port !== undefined && <p className="text-muted">Asked to port this change.</p>}
      {text.trim() !== "" && <p className="whitespace-pre-wrap text-body leading-[1.5] [overflow-wrap:anywhere]">{text}</p>}
      <ul aria-label="Answers" className="grid gap-1">
        {message.to.map((index) => (
          <li key={index} className="flex items-center gap-1.5 text-muted">
            <Letter variation={index} />
            <AnswerOf run={run} message={message} index={index} path={on.kind === "lines" ? on.path : undefined} />
          </li>
        ))}
      </ul>
      <Button kind="quiet" onClick={() => settle(run.runId, id, !resolved)} className="-ml-2.5 justify-self-start">
        <Check aria-hidden="true" className="size-3" />
        {resolved ? "Reopen" : "Resolve"}
      </Button>
    </article>
  );
}

function Place({ run, comment: { on } }: { run: RunState; comment: Comment }): ReactElement {
  const look = "min-w-0 flex-1 truncate text-left font-mono text-[11.5px] hover:underline";
  if (on.kind === "item") {
    return (
      <a href={`#event=${on.seq}`} className={look} title={on.title}>
        {on.title}
      </a>
    );
  }
  const lines = `${on.path}:${on.from}${on.to === on.from ? "" : `–${on.to}`}`;
  const { variation } = on;
  const marks = variation === undefined ? [] : (run.variations[variation]?.snapshots ?? []);
  const snapshot = marks.findIndex(({ commit }) => commit === on.commit);
  const query = new URLSearchParams({ tab: "diff" });
  const right = variation === undefined ? undefined : { variation, ...(snapshot < 0 ? {} : { snapshot: snapshot + 1 }) };
  writeDiffLink(query, {
    left: "base",
    ...(right === undefined ? {} : { right }),
    file: on.path,
    line: { side: variation === undefined ? "left" : "right", number: on.from },
  });
  return (
    <Address query={query} className={look} title={lines}>
      {lines}
    </Address>
  );
}

/** Where one recipient is with it; the turn that answered leads to what it changed. */
function AnswerOf({
  run,
  message,
  index,
  path,
}: {
  run: RunState;
  message: Message;
  index: number;
  path: string | undefined;
}): ReactElement {
  const variation = run.variations[index];
  const attempt = message.delivered[index];
  if (variation === undefined || message.withdrawn.includes(index)) return <span>withdrawn</span>;
  if (isWaiting(message, index)) return <span>queued</span>;
  const turn = attempt === undefined ? undefined : turnOfAttempt(variation, attempt);
  if (turn === undefined) {
    const over = attempt !== variation.attempt || isTerminal(variation.status);
    return <span>{over ? "did not answer" : "working on it"}</span>;
  }
  const query = new URLSearchParams({ tab: "diff" });
  const changed = path !== undefined && variation.files[path] !== undefined ? path : undefined;
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

/** A place on this page: it stays as it is, and its address changes. */
function Address({
  query,
  children,
  ...rest
}: {
  query: URLSearchParams;
  className: string;
  title: string;
  children: ReactNode;
}): ReactElement {
  const address = `${usePathname()}?${query}`;
  const onClick = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    window.history.pushState(null, "", address);
  };
  return (
    <a {...rest} href={address} onClick={onClick}>
      {children}
    </a>
  );
}

async function settle(runId: string, comment: string, resolved: boolean): Promise<void> {
  try {
    await resolveComment(runId, comment, resolved);
  } catch (error) {
    toast.error("Could not change the comment", { description: problemFrom(error).detail });
  }
}
