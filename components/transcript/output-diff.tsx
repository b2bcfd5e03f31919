"use client";

import { type ReactElement, useMemo } from "react";
import { cx } from "@/components/ui/cx";
import { type DiffLine, diffLines } from "./diff-lines";
import { useToggle } from "./transcript-store";

/** Lines shown before "show all": no more than a pane has room for, so that nothing scrolls within what scrolls. */
const MAX_LINES = 18;
/** A few more are not worth a press. */
const SPARE_LINES = 4;

const look: Record<DiffLine["kind"], string> = {
  add: "bg-add text-add-text",
  delete: "bg-del text-del-text",
  context: "text-muted",
  hunk: "text-faint",
};

/** What an edit changed: sign and colour per line. `toggle`: where it is kept that all lines are shown. */
export function OutputDiff({ diff, label, toggle }: { diff: string; label: string; toggle: string }): ReactElement {
  const [all = false, setAll] = useToggle(toggle);
  const lines = useMemo(() => diffLines(diff), [diff]);
  const shown = all || lines.length <= MAX_LINES + SPARE_LINES ? lines : lines.slice(0, MAX_LINES);
  return (
    <>
      {/* What scrolls must be reachable by keyboard. */}
      <pre tabIndex={0} aria-label={label} className="max-h-[70vh] overflow-auto py-1.5 text-[11.5px] leading-[1.6]">
        <code className="block w-max min-w-full text-[11.5px]">
          {shown.map(({ kind, text }, index) => (
            // The lines of a diff have no identity but their place.
            <span key={index} className={cx("block px-2.5", look[kind])}>
              {text === "" ? " " : text}
            </span>
          ))}
        </code>
      </pre>
      {shown.length < lines.length && (
        <button
          type="button"
          onClick={() => setAll(true)}
          className="block w-full border-line border-t px-2.5 py-1 text-left text-meta text-muted hover:bg-hover hover:text-text"
        >
          Show all {lines.length.toLocaleString("en-US")} lines
        </button>
      )}
    </>
  );
}
