"use client";

import { type ContextType, type RefObject, useEffect, useRef } from "react";
import { flushSync } from "react-dom";
import type { DiffContent, DiffEditorHandle } from "@/components/diff/diff-editor";
import { isPageKey } from "@/components/diff/use-diff-keys";
import { toast } from "@/components/ui/toast";
import type { CommentSides } from "./comment-sides";
import { draftStore } from "./draft-store";
import { attachLineComments, type CommentedLines, type LineComments } from "./line-comments";
import type { PlacedThread } from "./place-thread";
import { addressPort } from "./port";

type Open = { sides: NonNullable<ContextType<typeof CommentSides>>; content: DiffContent } | undefined;

/** Begins comments on the lines of the diff that is shown: the + beside a line, the menu, the key C; marks the lines that have some. */
export function useLineComments(
  handle: RefObject<DiffEditorHandle | undefined>,
  open: Open,
  threads: readonly { placed: PlacedThread }[],
): void {
  const current = useRef(open);
  const comments = useRef<LineComments>(undefined);
  useEffect(() => {
    current.current = open;
  });

  useEffect(() => {
    const editor = handle.current?.editor;
    if (editor === undefined) return;
    const begin = (lines: CommentedLines, port: boolean): void => comment(current.current, lines, port);
    const attached = attachLineComments(editor, begin);
    comments.current = attached;
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "c" || !isPageKey(event)) return;
      event.preventDefault();
      event.stopPropagation();
      begin(attached.selected(), false);
    };
    window.addEventListener("keydown", onKey, { capture: true });
    return () => {
      window.removeEventListener("keydown", onKey, { capture: true });
      comments.current = undefined;
      attached.dispose();
    };
  }, [handle]);

  useEffect(() => {
    comments.current?.mark(threads.flatMap(({ placed }) => (placed.to === 0 ? [] : [placed])));
  }, [threads]);
}

function comment(open: Open, lines: CommentedLines, port: boolean): void {
  if (open === undefined) return;
  const { sides, content } = open;
  const { run } = sides;
  const side = sides[lines.side];
  const path = lines.side === "left" ? content.oldPath : content.path;
  const text = lines.side === "left" ? content.left : content.right;
  const all = text.split("\n");
  const from = Math.min(lines.from, all.length);
  // The editor shows one line more than a file has that ends with a line break.
  const to = Math.max(from, Math.min(lines.to, text.endsWith("\n") ? all.length - 1 : all.length));
  if (text === "" || (text.endsWith("\n") && from === all.length)) {
    return void toast.info("There is no line to comment on", { description: "Choose a line of the file." });
  }
  if (port && side.variation === undefined) {
    return void toast.info("The base has no change to port", { description: "Choose lines on a variation's side." });
  }
  const drafts = draftStore(run.runId).getState();
  const draft = {
    on: { kind: "lines", at: side.commit, path, from, to } as const,
    variation: side.variation,
    place: `${path}:${from}${to === from ? "" : `–${to}`}`,
    quote: all.slice(from - 1, to).join("\n"),
  };
  // Its field has the focus before the next key is pressed, or that one would be the page's.
  flushSync(() => drafts.comment(draft, { port, where: "lines" }));
  // Whose change it is has it already.
  if (port && side.variation !== undefined) addressPort(run, [side.variation]);
}
