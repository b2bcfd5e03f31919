"use client";

import { type ContextType, type ReactNode, type RefObject, useContext, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { useStore } from "zustand";
import type { DiffContent, DiffEditorHandle } from "@/components/diff/diff-editor";
import { CommentSides } from "./comment-sides";
import { type CommentZone, type CommentZones, createCommentZones, unfoldLines } from "./comment-zones";
import { draftStore } from "./draft-store";
import { InlineThread } from "./inline-thread";
import { type PlacedThread, placeThread, type SpokenOf, spokenOf } from "./place-thread";
import { type Thread, threadsOf } from "./threads";
import { useLineComments } from "./use-line-comments";

type Sides = NonNullable<ContextType<typeof CommentSides>>;
/** A file and what its two sides are. */
interface Open {
  sides: Sides;
  content: DiffContent;
}
interface Placed {
  thread: Thread;
  spoken: SpokenOf;
  placed: PlacedThread;
}

const NOTHING: readonly Placed[] = [];
const NO_PLACES: ReadonlyMap<string, HTMLElement> = new Map();

/**
 * Threads and drafts under the lines that they are about. `content` is what is to be shown, `shown` what the editor holds by now: while both differ
 * nothing is moved. Returns what is to be rendered somewhere in the page.
 */
export function useCommentThreads(
  handle: RefObject<DiffEditorHandle | undefined>,
  content: DiffContent | undefined,
  shown: DiffContent | undefined,
): ReactNode {
  const open = useOpen(content, shown);
  const zones = useRef<CommentZones>(undefined);
  const [places, setPlaces] = useState(NO_PLACES);
  const run = open?.sides.run;
  const drafts = useMemo(() => draftStore(run?.runId ?? ""), [run?.runId]);
  const comments = useStore(drafts, (store) => store.comments);
  const threads = useMemo(() => (open === undefined ? NOTHING : threadsIn(open, threadsOf(open.sides.run, comments))), [open, comments]);

  useEffect(() => {
    const editor = handle.current?.editor;
    if (editor === undefined) return;
    zones.current = createCommentZones(editor, setPlaces);
    return () => {
      zones.current?.dispose();
      zones.current = undefined;
    };
  }, [handle]);

  const lines = JSON.stringify(
    threads.map(({ thread, placed }) => ({
      id: thread.id,
      side: placed.side,
      line: placed.to,
      settled: run?.resolved.includes(thread.id) === true,
    })),
  );
  const unfolded = useRef<DiffContent>(undefined);
  useLayoutEffect(() => {
    const editor = handle.current?.editor;
    const list = JSON.parse(lines) as (CommentZone & { settled: boolean })[];
    if (editor === undefined) return;
    // Once for each file: what somebody folds afterwards stays folded.
    if (open?.content !== unfolded.current) {
      const unsettled = list.filter(({ settled }) => !settled);
      unfoldLines(editor, unsettled);
      unfolded.current = open?.content;
    }
    zones.current?.set(list);
  }, [handle, lines, open?.content]);

  useLineComments(handle, open, threads);

  if (open === undefined) return null;
  const leave = ({ side, from, to }: PlacedThread): void => {
    const editor = handle.current?.editor;
    const code = side === "left" ? editor?.getOriginalEditor() : editor?.getModifiedEditor();
    const at = code?.getPosition()?.lineNumber ?? 0;
    if (to > 0 && (at < from || at > to)) code?.setPosition({ lineNumber: to, column: 1 });
    code?.focus();
  };
  return threads.map(({ thread, spoken, placed }) => {
    const place = places.get(thread.id);
    if (place === undefined) return null;
    return createPortal(
      <InlineThread run={open.sides.run} thread={thread} spoken={spoken} placed={placed} drafts={drafts} onLeave={() => leave(placed)} />,
      place,
      thread.id,
    );
  });
}

/** Both as they belong together; the last ones while the page is on its way to others. */
function useOpen(content: DiffContent | undefined, shown: DiffContent | undefined): Open | undefined {
  const sides = useContext(CommentSides);
  const isThere = content !== undefined && shown !== undefined && sameContent(content, shown);
  const next = useMemo(() => (isThere && sides !== undefined ? { sides, content: shown } : undefined), [isThere, sides, shown]);
  const [last, setLast] = useState<Open>();
  if (next !== undefined && next !== last) setLast(next);
  return next ?? last;
}

function sameContent(one: DiffContent, other: DiffContent): boolean {
  return one.file === other.file && one.oldPath === other.oldPath && one.left === other.left && one.right === other.right;
}

function threadsIn({ sides, content }: Open, threads: readonly Thread[]): Placed[] {
  const shown = {
    left: { ...sides.left, path: content.oldPath, text: content.left },
    right: { ...sides.right, path: content.path, text: content.right },
  };
  return threads.flatMap((thread) => {
    const spoken = spokenOf(thread);
    const placed = spoken === undefined ? undefined : placeThread(spoken, shown);
    return spoken === undefined || placed === undefined ? [] : [{ thread, spoken, placed }];
  });
}
