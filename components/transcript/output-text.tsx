"use client";

import { type ReactElement, useLayoutEffect, useMemo, useRef } from "react";
import { stripAnsi } from "@/lib/strip-ansi";
import { AppendText } from "./append-text";
import { useToggle } from "./transcript-store";
import { selectionTouches } from "./use-unselected";

/** Lines shown before "show all": the last ones, where a command says how it went, and no more than a pane has room for. */
const MAX_LINES = 18;
/** A few more are not worth a press. */
const SPARE_LINES = 4;

/** Output of a command or a tool, as plain text. While it runs the box follows its end. `toggle`: where it is kept that all lines are shown. */
export function OutputText({
  text,
  running,
  label,
  toggle,
}: {
  text: string;
  running: boolean;
  label: string;
  toggle: string;
}): ReactElement {
  const [all = false, setAll] = useToggle(toggle);
  const box = useRef<HTMLPreElement>(null);
  const lines = useMemo(() => stripAnsi(text).trimEnd().split("\n"), [text]);
  const hidden = all || lines.length <= MAX_LINES + SPARE_LINES ? 0 : lines.length - MAX_LINES;
  useLayoutEffect(() => {
    const { current } = box;
    if (!running || current === null || selectionTouches(current)) return;
    current.scrollTop = current.scrollHeight;
  }, [lines, running]);
  return (
    <>
      {hidden > 0 && (
        <button
          type="button"
          onClick={() => setAll(true)}
          className="block w-full border-line border-b px-2.5 py-1 text-left text-meta text-muted hover:bg-hover hover:text-text"
        >
          Show all {lines.length.toLocaleString("en-US")} lines
        </button>
      )}
      {/* What scrolls must be reachable by keyboard. */}
      <pre
        ref={box}
        tabIndex={0}
        aria-label={label}
        className="max-h-[70vh] overflow-auto px-2.5 py-1.5 text-[11.5px] text-muted leading-[1.6]"
      >
        <AppendText text={hidden > 0 ? lines.slice(hidden).join("\n") : lines.join("\n")} />
      </pre>
    </>
  );
}
