import type { ReactElement } from "react";

/** The lines or words that a comment is about. */
export function Quote({ text }: { text: string }): ReactElement {
  return (
    <pre className="line-clamp-6 overflow-hidden whitespace-pre-wrap rounded-md bg-raised px-2 py-1.5 font-mono text-[11.5px] text-muted leading-[1.5] [overflow-wrap:anywhere]">
      {text}
    </pre>
  );
}
