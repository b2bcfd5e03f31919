import type { ReactElement } from "react";
import type { Mark } from "@/lib/compare/mark";
import type { FileMark } from "@/lib/diff/file-tree";

/** What the marks of a file or a hunk say together. */
export const MARK_WORDS: Record<Mark, string> = {
  none: "untouched",
  all: "all agree",
  some: "some agree",
  only: "only one",
  conflict: "conflict",
};
/** The outline of a conflict, in a square. */
export const CROSS = "[clip-path:polygon(22%_0,50%_28%,78%_0,100%_22%,72%_50%,100%_78%,78%_100%,50%_72%,22%_100%,0_78%,28%_50%,0_22%)]";

/**
 * ● everybody made the same of it, ■ some did, ◆ only this one, ✕ what excludes each other; a faint dot: untouched; a ring: changed, and how far
 * others agree is still being found out. In the colour of what it stands in.
 */
export function MarkShape({ mark }: { mark: FileMark }): ReactElement | null {
  switch (mark) {
    case "none":
      return <span className="size-[3px] rounded-full bg-faint/50" />;
    case "all":
      return <span className="size-2 rounded-full bg-current" />;
    case "some":
      return <span className="size-2 bg-current" />;
    case "only":
      return <span className="size-[7px] rotate-45 bg-current" />;
    case "conflict":
      return <span className={`size-2 bg-current ${CROSS}`} />;
    case "changed":
      return <span className="size-2 rounded-full border border-current" />;
    case "unknown":
      return null;
  }
}
