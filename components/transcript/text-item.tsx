"use client";

import { type ReactElement, useEffect, useState } from "react";
import type { TranscriptItem } from "@/lib/run/state";
import { LazyMarkdown, preloadMarkdown } from "./lazy-markdown";
import { Retracted } from "./retracted";
import { StreamedText } from "./streamed-text";

/** A longer text is drawn in pieces, like one that is being written. */
const WHOLE = 8_000;

/** What the agent says, as Markdown. */
export function TextItem({ item, live }: { item: Extract<TranscriptItem, { kind: "text" }>; live: boolean }): ReactElement | null {
  useEffect(() => {
    if (live) preloadMarkdown();
  }, [live]);
  // Drawn one way and then another it would jump, and forget what is selected in it.
  const [streamed, setStreamed] = useState(live);
  if (live && !streamed) setStreamed(true);
  if (item.retracted) return <Retracted seq={item.seq} text={item.text} />;
  if (!live && item.text.trim() === "") return null;
  return streamed || item.text.length > WHOLE ? <StreamedText text={item.text} live={live} /> : <LazyMarkdown text={item.text} />;
}
