"use client";

import type { ReactElement } from "react";
import { useToggle } from "./transcript-store";

/** Text of an answer that broke off and was started again: folded, and marked as not said. */
export function Retracted({ seq, text }: { seq: number; text: string }): ReactElement {
  const [open = false, setOpen] = useToggle(seq);
  return (
    <details
      open={open}
      onToggle={({ currentTarget }) => currentTarget.open !== open && setOpen(currentTarget.open)}
      className="text-faint text-meta"
    >
      <summary className="w-fit rounded">Taken back: the answer broke off</summary>
      <s className="mt-1 block whitespace-pre-wrap [overflow-wrap:anywhere]">{text}</s>
    </details>
  );
}
