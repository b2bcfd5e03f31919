"use client";

import { type ContextType, type RefObject, useContext, useEffect, useRef } from "react";
import { useStore } from "zustand";
import type { DiffContent, DiffEditorHandle } from "@/components/diff/diff-editor";
import { isPageKey } from "@/components/diff/use-diff-keys";
import { toast } from "@/components/ui/toast";
import { CommentSides } from "./comment-sides";
import { draftStore } from "./draft-store";
import { attachLineComments, type CommentedLines, type LineComments } from "./line-comments";
import { recipientsOf } from "./recipients";

/** Comments on the lines of the diff that is shown: the + beside a line, the menu, the key C; marks where there are some. */
export function useLineComments(handle: RefObject<DiffEditorHandle | undefined>, content: DiffContent | undefined): void {
  const sides = useContext(CommentSides);
  const current = useRef({ sides, content });
  const comments = useRef<LineComments>(undefined);
  useEffect(() => {
    current.current = { sides, content };
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

  useMarks(comments, sides, content);
}

type Open = { sides: ContextType<typeof CommentSides>; content: DiffContent | undefined };

function comment({ sides, content }: Open, lines: CommentedLines, port: boolean): void {
  if (sides === undefined || content === undefined) return;
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
  drafts.comment(
    {
      on: { kind: "lines", at: side.commit, path, from, to },
      variation: side.variation,
      place: `${path}:${from}${to === from ? "" : `–${to}`}`,
      quote: all.slice(from - 1, to).join("\n"),
    },
    port,
  );
  // Whose change it is has it already.
  if (port) {
    const others = run.variations.map(({ index }) => index).filter((index) => index !== side.variation);
    const chosen = recipientsOf(run, drafts.to).filter((index) => index !== side.variation);
    drafts.address(chosen.length > 0 && drafts.to !== undefined ? chosen : others);
  }
}

function useMarks(
  comments: RefObject<LineComments | undefined>,
  sides: ContextType<typeof CommentSides>,
  content: DiffContent | undefined,
): void {
  const drafts = useStore(draftStore(sides?.run.runId ?? ""), (store) => store.comments);
  const messages = sides?.run.messages;
  useEffect(() => {
    if (sides === undefined || content === undefined) return comments.current?.mark([]);
    const sent = (messages ?? []).flatMap((message) =>
      message.comments.flatMap(({ on }) => (on.kind === "lines" ? [{ at: on.commit, path: on.path, from: on.from, to: on.to }] : [])),
    );
    const own = drafts.flatMap(({ on }) => (on.kind === "lines" ? [on] : []));
    const marks = [...sent, ...own].flatMap(({ at, path, from, to }): CommentedLines[] =>
      (["left", "right"] as const).flatMap((side) => {
        const shown = side === "left" ? content.oldPath : content.path;
        return sides[side].commit === at && path === shown ? [{ side, from, to }] : [];
      }),
    );
    comments.current?.mark(marks);
  }, [comments, sides, content, drafts, messages]);
}
