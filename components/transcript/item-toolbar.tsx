"use client";

import { Copy, Link2, MessageSquarePlus } from "lucide-react";
import { memo, type ReactElement, type RefObject, useEffect, useState } from "react";
import { Button } from "@/components/ui/button";

/** What can be done with the item below the pointer. One for a whole transcript: buttons on every item would be thousands. */
export const ItemToolbar = memo(function ItemToolbar({
  content,
  onCopy,
  onComment,
}: {
  /** Positioned; the items lie in it. */
  content: RefObject<HTMLElement | null>;
  onCopy: (seq: number, what: "text" | "link") => void;
  onComment: (seq: number) => void;
}): ReactElement | null {
  const [at, setAt] = useState<{ seq: number; top: number }>();
  useEffect(() => {
    const box = content.current;
    if (box === null) return;
    const onOver = ({ target }: PointerEvent): void => {
      if (!(target instanceof Element) || target.closest("[data-toolbar]") !== null) return;
      const item = target.closest<HTMLElement>("[data-seq]");
      if (item === null) return setAt(undefined);
      const seq = Number(item.dataset.seq);
      const top = item.getBoundingClientRect().top - box.getBoundingClientRect().top;
      setAt((before) => (before?.seq === seq && before.top === top ? before : { seq, top }));
    };
    const onLeave = (): void => setAt(undefined);
    box.addEventListener("pointerover", onOver);
    box.addEventListener("pointerleave", onLeave);
    return () => {
      box.removeEventListener("pointerover", onOver);
      box.removeEventListener("pointerleave", onLeave);
    };
  }, [content]);
  if (at === undefined) return null;
  return (
    <div
      data-toolbar=""
      style={{ top: at.top }}
      className="absolute right-2 z-10 flex -translate-y-[calc(100%-6px)] rounded-md border border-line-strong bg-raised shadow-md"
    >
      {/* By keyboard: J and K mark an item, R comments on it, C and Y copy. */}
      <Button
        kind="quiet"
        size="icon"
        tabIndex={-1}
        aria-label="Comment on this"
        title="Comment on this (R)"
        onClick={() => onComment(at.seq)}
        className="size-6"
      >
        <MessageSquarePlus aria-hidden="true" className="size-3" />
      </Button>
      <Button
        kind="quiet"
        size="icon"
        tabIndex={-1}
        aria-label="Copy the text"
        title="Copy the text (C)"
        onClick={() => onCopy(at.seq, "text")}
        className="size-6"
      >
        <Copy aria-hidden="true" className="size-3" />
      </Button>
      <Button
        kind="quiet"
        size="icon"
        tabIndex={-1}
        aria-label="Copy a link"
        title="Copy a link to this (Y)"
        onClick={() => onCopy(at.seq, "link")}
        className="size-6"
      >
        <Link2 aria-hidden="true" className="size-3" />
      </Button>
    </div>
  );
});
