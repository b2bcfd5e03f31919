import { MessageSquare } from "lucide-react";
import type { ReactElement } from "react";
import { Letter } from "@/components/variation/letter";
import type { TranscriptItem } from "@/lib/run/state";
import { LazyMarkdown } from "./lazy-markdown";

type Item = Extract<TranscriptItem, { kind: "message" }>;
type Said = Item["messages"][number];

/** How the turn above ended, and what a person said then: a turn begins below. */
export function MessageItem({ item: { messages, ended } }: { item: Item }): ReactElement {
  return (
    <div className="grid gap-2 py-1">
      {ended !== undefined && <EndOfTurn ended={ended} />}
      {messages.map((message) => (
        <article key={message.id} aria-label="Message to this variation" className="grid gap-1.5 rounded-md bg-raised px-3 py-2.5">
          <p className="flex items-center gap-1.5 text-faint text-meta">
            <MessageSquare aria-hidden="true" className="size-3" />
            {message.by === "you" ? "You" : message.by}
          </p>
          {message.text.trim() !== "" && <p className="whitespace-pre-wrap leading-[1.55] [overflow-wrap:anywhere]">{message.text}</p>}
          {message.comments.map((comment) => (
            <CommentLine key={comment.id} comment={comment} />
          ))}
        </article>
      ))}
    </div>
  );
}

function EndOfTurn({ ended: { status, text } }: { ended: NonNullable<Item["ended"]> }): ReactElement {
  const [word, look] =
    status === "failed" ? ["Failed", "text-bad"] : status === "cancelled" ? ["Stopped", "text-muted"] : ["Summary", "text-ok"];
  return (
    <>
      {text !== undefined && (
        <div className="grid gap-1 border-line-strong border-l-2 pl-3">
          <span className={`font-semibold text-meta ${look}`}>{word}</span>
          {status === "completed" ? <LazyMarkdown text={text} /> : <p className="text-muted [overflow-wrap:anywhere]">{text}</p>}
        </div>
      )}
      <div className="flex items-center gap-2 text-faint text-meta">
        <span className="h-px flex-1 bg-line-strong" />
        Follow-up
        <span className="h-px flex-1 bg-line-strong" />
      </div>
    </>
  );
}

function CommentLine({ comment: { on, text, port } }: { comment: Said["comments"][number] }): ReactElement {
  const lines = on.kind === "lines" ? `${on.path}:${on.from}${on.to === on.from ? "" : `–${on.to}`}` : on.title;
  return (
    <div className="grid gap-1 border-line-strong border-l-2 pl-2.5">
      <span className="flex min-w-0 items-center gap-1.5 font-mono text-[11.5px] text-faint" title={lines}>
        {on.variation !== undefined && <Letter variation={on.variation} />}
        <span className="truncate">{port === undefined ? lines : `Port ${lines}`}</span>
      </span>
      <pre className="line-clamp-4 overflow-hidden whitespace-pre-wrap font-mono text-[11.5px] text-muted [overflow-wrap:anywhere]">
        {on.quote}
      </pre>
      {text.trim() !== "" && <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{text}</p>}
    </div>
  );
}
