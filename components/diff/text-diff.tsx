"use client";

import { type ReactElement, type RefObject, useEffect, useRef, useState } from "react";
import { COMMENT_LOOK } from "@/components/comments/comment-look";
import { useCommentThreads } from "@/components/comments/use-comment-threads";
import { cx } from "@/components/ui/cx";
import type { DiffLine } from "@/lib/diff/diff-link";
import { type ChangePosition, createDiffEditor, type DiffContent, type DiffEditorHandle, type DiffStart } from "./diff-editor";
import type { ViewSettings } from "./view-settings";

export interface TextDiffProps {
  /** Undefined: what is shown stays. */
  content: DiffContent | undefined;
  start: DiffStart;
  /** Another number leads to `start` once more, also in the file that is shown. */
  jump: number;
  settings: ViewSettings;
  label: string;
  onChanges: (position: ChangePosition) => void;
  onLine: (line: DiffLine) => void;
  /** A content is on the screen. */
  onShown: (file: string) => void;
  handleRef: RefObject<DiffEditorHandle | undefined>;
}

/** What Monaco writes itself, in the page's type. */
const LOOK = "h-full min-h-0 [&_.diff-hidden-lines]:font-sans [&_.diff-hidden-lines]:text-meta [&_.diff-hidden-lines_.center]:!text-meta";

/** Monaco's diff editor on two texts. It stays for file after file: making it takes longer than filling it. */
export function TextDiff({ content, start, jump, settings, label, onChanges, onLine, onShown, handleRef }: TextDiffProps): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const events = useRef({ onChanges, onLine, onShown });
  const from = useRef(start);
  useEffect(() => {
    events.current = { onChanges, onLine, onShown };
    from.current = start;
  });

  useEffect(() => {
    if (place.current === null) return;
    const handle = createDiffEditor(place.current, {
      onChanges: (position) => events.current.onChanges(position),
      onLine: (line) => events.current.onLine(line),
    });
    handleRef.current = handle;
    return () => {
      handleRef.current = undefined;
      handle.dispose();
    };
  }, [handleRef]);

  useEffect(() => handleRef.current?.configure(settings), [settings, handleRef]);

  const jumped = useRef(jump);
  const [shown, setShown] = useState<DiffContent>();
  const { file, path, oldPath, left, right, changedLines } = content ?? {};
  useEffect(() => {
    if (file === undefined || path === undefined || oldPath === undefined || left === undefined || right === undefined) return;
    const arrive = jump !== jumped.current;
    jumped.current = jump;
    const next = { file, path, oldPath, left, right, changedLines: changedLines ?? 0 };
    void handleRef.current?.show(next, from.current, arrive).then((isThere) => {
      events.current.onShown(file);
      if (isThere) setShown(next);
    });
  }, [file, path, oldPath, left, right, changedLines, jump, handleRef]);

  const threads = useCommentThreads(handleRef, content, shown);

  return (
    <>
      <div ref={place} className={cx(LOOK, COMMENT_LOOK)} role="region" aria-label={label} />
      {threads}
    </>
  );
}
