import { type ReactElement, useEffect } from "react";
import type { TranscriptItem } from "@/lib/run/state";
import { LazyMarkdown, preloadMarkdown } from "./lazy-markdown";
import { Retracted } from "./retracted";

/** Longer texts are shown as they are: colouring them would hold up the page. */
const MARKDOWN_LIMIT = 60_000;

/** What the agent says. While it is being written it is plain text with a caret; parsed once, when it is finished. */
export function TextItem({ item, live }: { item: Extract<TranscriptItem, { kind: "text" }>; live: boolean }): ReactElement | null {
  useEffect(() => {
    if (live) preloadMarkdown();
  }, [live]);
  if (item.retracted) return <Retracted seq={item.seq} text={item.text} />;
  if (!live && item.text.length <= MARKDOWN_LIMIT) {
    if (item.text.trim() === "") return null;
    return (
      <div data-seq={item.seq}>
        <LazyMarkdown text={item.text} />
      </div>
    );
  }
  return (
    <div data-seq={item.seq} className="whitespace-pre-wrap leading-[1.55] [overflow-wrap:anywhere]">
      {item.text}
      {live && <span aria-hidden="true" className="ml-0.5 inline-block h-3.5 w-[7px] bg-v align-[-2px] opacity-80" />}
    </div>
  );
}
