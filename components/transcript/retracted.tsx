import type { ReactElement } from "react";

/** Text of an answer that broke off and was started again: folded, and marked as not said. */
export function Retracted({ seq, text }: { seq: number; text: string }): ReactElement {
  return (
    <details data-seq={seq} className="text-faint text-meta">
      <summary className="w-fit rounded">Taken back: the answer broke off</summary>
      <s className="mt-1 block whitespace-pre-wrap [overflow-wrap:anywhere]">{text}</s>
    </details>
  );
}
