import type { ReactElement } from "react";
import type { Agreement, FileMark } from "@/lib/diff/file-marks";

/** What the marks of a file say together. */
export const AGREEMENT_WORDS: Record<Agreement, string> = {
  all: "all agree",
  some: "some agree",
  only: "only one",
  differ: "they differ",
};

/** ● everybody made the same of it, ■ some did, ◆ only this one; a faint dot: untouched. In the colour of what it stands in. */
export function MarkShape({ mark }: { mark: FileMark | "differ" }): ReactElement {
  switch (mark) {
    case "none":
      return <span className="size-[3px] rounded-full bg-faint/50" />;
    case "all":
      return <span className="size-2 rounded-full bg-current" />;
    case "some":
      return <span className="size-2 bg-current" />;
    case "only":
      return <span className="size-[7px] rotate-45 bg-current" />;
    case "differ":
      return <span className="font-mono text-[12px] leading-none">≠</span>;
  }
}
