"use client";

import { type ReactElement, useRef } from "react";
import type { TranscriptItem } from "@/lib/run/state";
import { AppendText } from "./append-text";
import { Retracted } from "./retracted";
import { useToggle } from "./transcript-store";
import { useUnselected } from "./use-unselected";

/** Characters of a finished thought that stand open; a longer one shows its beginning. */
const SHORT = 320;

/** What the model thinks before it acts: dim, and short once it is over. */
export function ThinkingItem({ item, live }: { item: Extract<TranscriptItem, { kind: "thinking" }>; live: boolean }): ReactElement | null {
  const [open = false, setOpen] = useToggle(item.seq);
  const box = useRef<HTMLDivElement>(null);
  const settled = useUnselected(box, !live);
  if (item.retracted) return <Retracted seq={item.seq} text={item.text} />;
  const text = item.text.trim();
  if (text === "" && !live) return null;
  const long = settled && text.length > SHORT;
  return (
    <div ref={box} className="border-line-strong border-l-2 pl-2.5 text-faint text-meta leading-[1.55]">
      <span className="sr-only">Thinking: </span>
      <span className="whitespace-pre-wrap [overflow-wrap:anywhere]">
        <AppendText text={long && !open ? `${text.slice(0, SHORT).trimEnd()}…` : text} />
      </span>
      {live && <span aria-hidden="true" className="ml-0.5 inline-block h-3 w-1.5 bg-v align-[-1px] opacity-60" />}
      {long && (
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="ml-1 rounded text-muted underline decoration-line-strong underline-offset-2 hover:text-text"
        >
          {open ? "Show less" : "Show all of this thought"}
        </button>
      )}
    </div>
  );
}
