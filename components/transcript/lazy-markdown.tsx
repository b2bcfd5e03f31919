"use client";

import { type ComponentType, type ReactElement, startTransition, useEffect, useState } from "react";
import { useHydrated } from "@/components/ui/use-hydrated";

type Markdown = ComponentType<{ text: string }>;

let loaded: Markdown | undefined;
let pending: Promise<Markdown> | undefined;

function load(): Promise<Markdown> {
  pending ??= import("./markdown").then(
    ({ Markdown }) => (loaded = Markdown),
    (error: unknown) => {
      pending = undefined;
      throw error;
    },
  );
  return pending;
}

// The server has it before the first page is asked for; until then texts are sent as they were written.
if (typeof window === "undefined") void load();

/** To be called while a text is still written, so that the parser is there when it ends. */
export function preloadMarkdown(): void {
  void load().catch(() => undefined);
}

/**
 * `Markdown`, whose parser is a fifth of the page: it comes apart from it. What the server has rendered stays as it is until then: it is not
 * hydrated, since a page of texts within boundaries of their own is sent twice and comes alive text by text. Anything else stands there as plain
 * text meanwhile.
 */
export function LazyMarkdown({ text }: { text: string }): ReactElement {
  const hydrated = useHydrated();
  const [Shown, setShown] = useState(() => (hydrated ? loaded : undefined));
  const [sent] = useState(!hydrated && typeof window !== "undefined");
  useEffect(() => {
    if (Shown !== undefined) return;
    let gone = false;
    load().then(
      // Dozens of texts at once: the browser may do something else between them.
      (component) => !gone && startTransition(() => setShown(() => component)),
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [Shown]);
  if (Shown !== undefined) return <Shown text={text} />;
  // React leaves the content of such an element alone, whatever the server has put there.
  if (sent) return <div suppressHydrationWarning dangerouslySetInnerHTML={{ __html: "" }} />;
  const plain = <div className="whitespace-pre-wrap leading-[1.55] [overflow-wrap:anywhere]">{text}</div>;
  if (typeof window !== "undefined") return plain;
  const Rendered = loaded;
  return <div>{Rendered === undefined ? plain : <Rendered text={text} />}</div>;
}
