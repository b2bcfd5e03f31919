"use client";

import type { ReactElement } from "react";
import { cx } from "@/components/ui/cx";
import { useStored } from "@/lib/client/stored-value";
import { type Agreement, agreements } from "@/lib/diff/file-marks";
import type { TreeFile } from "@/lib/diff/file-tree";
import { viewedProgress } from "@/lib/diff/viewed-files";
import { variationLetter } from "@/lib/run/select";
import { MarkShape } from "./mark-shape";
import { viewedFiles } from "./viewed";

const SHORT_WORDS: Record<Agreement, string> = { all: "agree", some: "some", only: "only one", differ: "differ" };
const ABOUT: Record<Agreement, string> = {
  all: "Every variation made the same of it",
  some: "Some made the same of it, the others left it alone",
  only: "Only one variation changed it",
  differ: "Several changed it, not all in the same way",
};

interface TreeHeadProps {
  files: TreeFile[];
  variations: number;
  text: string;
  agreement: Agreement | undefined;
  onText: (text: string) => void;
  onAgreement: (agreement: Agreement | undefined) => void;
  /** From the filter down into the list. */
  onDown: () => void;
}

/** How many files there are and how many are viewed, how far the variations agree on them, and the filter. */
export function TreeHead({ files, variations, text, agreement, onText, onAgreement, onDown }: TreeHeadProps): ReactElement {
  return (
    <>
      <div className="flex h-9 shrink-0 items-center gap-2 border-line border-b px-3">
        <h2 className="font-semibold">Files</h2>
        <span className="text-meta text-muted tabular-nums">{files.length}</span>
        <span className="flex-1" />
        <Progress files={files} />
      </div>
      {variations > 1 && <AgreementFilter files={files} chosen={agreement} onChange={onAgreement} />}
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

function Progress({ files }: { files: TreeFile[] }): ReactElement | null {
  const kept = useStored(viewedFiles);
  const { viewed, total } = viewedProgress(
    files.flatMap(({ row }) => (row === undefined ? [] : [row])),
    kept,
  );
  if (total === 0) return null;
  return (
    <span className="flex items-center gap-2 text-meta text-muted tabular-nums">
      <span aria-hidden="true" className="h-[3px] w-10 overflow-hidden rounded-sm bg-hover">
        <span className="block h-full bg-ok" style={{ width: `${(100 * viewed) / total}%` }} />
      </span>
      {viewed}/{total} viewed
    </span>
  );
}

interface AgreementFilterProps {
  files: TreeFile[];
  chosen: Agreement | undefined;
  onChange: (agreement: Agreement | undefined) => void;
}

/** How many files there are of each kind; one of them can be looked at alone. */
function AgreementFilter({ files, chosen, onChange }: AgreementFilterProps): ReactElement {
  return (
    <div
      role="group"
      aria-label="Show only files that"
      className="flex shrink-0 flex-wrap justify-between gap-y-1 border-line border-b px-2 py-1.5"
    >
      {agreements.map((one) => {
        const count = files.filter(({ agreement }) => agreement === one).length;
        return (
          <button
            key={one}
            type="button"
            aria-pressed={one === chosen}
            disabled={count === 0 && one !== chosen}
            title={ABOUT[one]}
            onClick={() => onChange(one === chosen ? undefined : one)}
            className={cx(
              "inline-flex h-[22px] items-center gap-1.5 rounded px-1.5 text-[11.5px] hover:bg-hover disabled:text-faint",
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
