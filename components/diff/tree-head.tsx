"use client";

import { Grid3x3 } from "lucide-react";
import type { ReactElement } from "react";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import type { Mark } from "@/lib/compare/mark";
import type { TreeFile } from "@/lib/diff/file-tree";
import { variationLetter } from "@/lib/run/select";
import { MarkShape } from "./mark-shape";

const CHANGED = ["all", "some", "only", "conflict"] as const;
type Changed = (typeof CHANGED)[number];
const SHORT_WORDS: Record<Changed, string> = { all: "agree", some: "some", only: "only one", conflict: "conflict" };
const ABOUT: Record<Changed, string> = {
  all: "Files with a hunk that every variation made the same of",
  some: "Files with a hunk that some made the same of, and the others left alone",
  only: "Files with a hunk that only one variation changed",
  conflict: "Files with a hunk that several changed in different ways",
};

interface TreeHeadProps {
  /** All of them, also those that are filtered out. */
  files: TreeFile[];
  /** How many are left by `diverging`. */
  count: number;
  variations: number;
  text: string;
  mark: Mark | undefined;
  diverging: boolean;
  onText: (text: string) => void;
  onMark: (mark: Mark | undefined) => void;
  onDiverging: (diverging: boolean) => void;
  onMatrix: (() => void) | undefined;
  /** From the filter down into the list. */
  onDown: () => void;
}

/** How many files there are, how far the variations agree on them, and the filters. */
export function TreeHead(props: TreeHeadProps): ReactElement {
  const { files, count, variations, text, mark, diverging, onText, onMark, onDiverging, onMatrix, onDown } = props;
  return (
    <>
      <div className="flex h-9 shrink-0 items-center gap-2 border-line border-b px-3">
        <h2 className="font-semibold">Files</h2>
        <span className="text-meta text-muted tabular-nums">{count < files.length ? `${count} of ${files.length}` : files.length}</span>
        {onMatrix !== undefined && (
          <Button
            kind="quiet"
            size="icon"
            aria-label="Matrix of files and variations"
            title="Matrix of files and variations  w"
            data-matrix-button=""
            onClick={onMatrix}
          >
            <Grid3x3 aria-hidden="true" size={13} />
          </Button>
        )}
        <span className="flex-1" />
        {variations > 1 && (
          <label
            title="Leave out what all variations agree on  o"
            className="flex cursor-pointer items-center gap-1.5 whitespace-nowrap text-meta text-muted hover:text-text"
          >
            <input
              type="checkbox"
              checked={diverging}
              onChange={(event) => onDiverging(event.target.checked)}
              className="accent-(--primary)"
            />
            Only what diverges
          </label>
        )}
      </div>
      {variations > 1 && <MarkFilter files={files} chosen={mark} onChange={onMark} />}
      <div className="flex h-8 shrink-0 items-center gap-2 border-line border-b px-3">
        <input
          type="search"
          aria-label="Filter files"
          placeholder="Filter files…"
          title="Filter files  t"
          value={text}
          data-diff-filter=""
          onChange={(event) => onText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape" && text !== "") {
              event.stopPropagation();
              onText("");
            }
            if (event.key !== "ArrowDown") return;
            event.preventDefault();
            onDown();
          }}
          className="min-w-0 flex-1 rounded-sm bg-transparent text-meta outline-offset-3 placeholder:text-faint [&::-webkit-search-cancel-button]:hidden"
        />
        <span className="flex shrink-0" aria-hidden="true">
          {Array.from({ length: variations }, (_, at) => (
            <span
              key={variationLetter(at)}
              data-v={variationLetter(at)}
              className="grid size-4 place-items-center font-mono font-semibold text-[11px] text-v"
            >
              {variationLetter(at)}
            </span>
          ))}
        </span>
      </div>
    </>
  );
}

interface MarkFilterProps {
  files: TreeFile[];
  chosen: Mark | undefined;
  onChange: (mark: Mark | undefined) => void;
}

/** How many files have a hunk of each kind, several kinds perhaps; one kind can be looked at alone. */
function MarkFilter({ files, chosen, onChange }: MarkFilterProps): ReactElement {
  return (
    <div
      role="group"
      aria-label="Show only files that"
      className="flex shrink-0 flex-wrap justify-between gap-y-1 border-line border-b px-2 py-1.5 @max-[310px]:px-1.5"
    >
      {CHANGED.map((one) => {
        const count = files.filter(({ held }) => held.includes(one)).length;
        return (
          <button
            key={one}
            type="button"
            aria-pressed={one === chosen}
            disabled={count === 0 && one !== chosen}
            title={ABOUT[one]}
            onClick={() => onChange(one === chosen ? undefined : one)}
            className={cx(
              "inline-flex h-[22px] items-center gap-1.5 rounded px-1.5 text-[11.5px] @max-[310px]:gap-1 @max-[310px]:px-1 @max-[310px]:text-[11px] hover:bg-hover disabled:text-faint",
              one === chosen && "bg-hover shadow-[inset_0_0_0_1px_var(--line-strong)]",
            )}
          >
            <span aria-hidden="true" className="grid size-3 place-items-center text-muted">
              <MarkShape mark={one} />
            </span>
            <span className="tabular-nums">{count}</span> {SHORT_WORDS[one]}
          </button>
        );
      })}
    </div>
  );
}
