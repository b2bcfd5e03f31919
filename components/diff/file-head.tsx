"use client";

import { ArrowDown, ArrowUp, Copy, PanelLeft } from "lucide-react";
import type { ReactElement } from "react";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { useStored } from "@/lib/client/stored-value";
import { viewedKey } from "@/lib/diff/viewed-files";
import type { FileDiffRow } from "@/lib/protocol/trees";
import { copyText } from "./copy-text";
import type { ChangePosition } from "./diff-editor";
import { FileMenu } from "./file-menu";
import { ViewMenu } from "./view-menu";
import { setViewed, viewedFiles } from "./viewed";

/** Why nobody need read it line by line. */
const GENERATED_WORDS: Record<NonNullable<FileDiffRow["generated"]>, string> = {
  attribute: "generated",
  generator: "generated",
  lock_file: "lock file",
  minified: "minified",
  vendored: "vendored",
};
export const STATUS_LOOKS: Record<FileDiffRow["status"], { letter: string; word: string; look: string }> = {
  added: { letter: "A", word: "new", look: "text-ok" },
  modified: { letter: "M", word: "", look: "text-muted" },
  deleted: { letter: "D", word: "deleted", look: "text-bad" },
  renamed: { letter: "R", word: "renamed", look: "text-muted" },
};

interface FileHeadProps {
  runId: string;
  row: FileDiffRow;
  sides: { left: string; right: string };
  changes: ChangePosition;
  files: number;
  narrow: boolean;
  onFiles: () => void;
  onStep: (direction: "next" | "previous") => void;
  onAccessibleViewer: () => void;
  /** Undefined where there is no hunk map. */
  hunks: { count: number; open: boolean; onToggle: () => void } | undefined;
}

/** Which file it is, and everything that one does with it. */
export function FileHead(props: FileHeadProps): ReactElement {
  const { runId, row, sides, changes, files, narrow, onFiles, onStep, onAccessibleViewer, hunks } = props;
  const viewed = useStored(viewedFiles).has(viewedKey(row));
  return (
    <header className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-2 gap-y-1 border-line border-b px-3 py-1">
      <Button aria-label={`Show the ${files} files`} onClick={onFiles} className="min-[900px]:hidden">
        <PanelLeft aria-hidden="true" size={13} /> {files}
      </Button>
      <FileTitle row={row} />
      <Button
        kind="quiet"
        size="icon"
        aria-label="Copy the path"
        title="Copy the path"
        onClick={() => copyText(row.path, "Path copied")}
        className="-ml-1 max-[700px]:hidden"
      >
        <Copy aria-hidden="true" size={12} />
      </Button>
      <span className="flex-1 max-[700px]:hidden" />
      <span className="ml-auto min-[701px]:order-last">
        <FileMenu runId={runId} row={row} sides={sides} />
      </span>
      {/* On a phone what follows is a line of its own. */}
      <span aria-hidden="true" className="basis-full min-[701px]:hidden" />
      <label
        className="flex h-[26px] cursor-pointer items-center gap-1.5 rounded-md px-1.5 text-meta text-muted hover:bg-hover"
        title="Viewed  v"
      >
        <input type="checkbox" checked={viewed} onChange={(event) => setViewed(row, event.target.checked)} className="accent-(--primary)" />
        Viewed
      </label>
      <ViewMenu narrow={narrow} onAccessibleViewer={onAccessibleViewer} />
      <span aria-hidden="true" className="flex-1 min-[701px]:hidden" />
      <Stepper changes={changes} onStep={onStep} />
      {hunks !== undefined && <HunksButton {...hunks} />}
    </header>
  );
}

function FileTitle({ row }: { row: FileDiffRow }): ReactElement {
  const cut = row.path.lastIndexOf("/") + 1;
  const { word, look } = STATUS_LOOKS[row.status];
  return (
    <h2 className="flex min-w-0 items-center gap-2 font-mono font-normal text-meta max-[700px]:max-w-[calc(100%-110px)]">
      <span className="min-w-0 truncate" title={row.path}>
        {row.old_path !== null && row.old_path !== row.path && <span className="text-muted max-[700px]:hidden">{row.old_path} → </span>}
        <span className="text-muted max-[700px]:hidden">{row.path.slice(0, cut)}</span>
        {row.path.slice(cut)}
      </span>
      {!row.binary && (
        <span className="shrink-0 tabular-nums">
          <span className="text-ok">+{row.added}</span> <span className="text-bad">−{row.deleted}</span>
        </span>
      )}
      {word !== "" && <span className={`shrink-0 font-sans ${look}`}>{word}</span>}
      {row.generated !== null && <span className="shrink-0 font-sans text-muted">{GENERATED_WORDS[row.generated]}</span>}
    </h2>
  );
}

function HunksButton({ count, open, onToggle }: NonNullable<FileHeadProps["hunks"]>): ReactElement {
  return (
    <Button aria-expanded={open} title="Hunk map  h" data-hunks-button="" onClick={onToggle} className={cx(open && "bg-hover")}>
      Hunks <span className="text-muted tabular-nums">{count}</span>
    </Button>
  );
}

function Stepper({ changes, onStep }: { changes: ChangePosition; onStep: FileHeadProps["onStep"] }): ReactElement {
  return (
    <span className="flex items-center gap-1 text-meta text-muted tabular-nums">
      <Button size="icon" aria-label="Previous change" title="Previous change  [ or p" onClick={() => onStep("previous")}>
        <ArrowUp aria-hidden="true" size={13} />
      </Button>
      <span aria-live="polite" className="min-w-14 text-center">
        {changesLabel(changes)}
      </span>
      <Button size="icon" aria-label="Next change" title="Next change  ] or n" onClick={() => onStep("next")}>
        <ArrowDown aria-hidden="true" size={13} />
      </Button>
    </span>
  );
}

function changesLabel({ count, current }: ChangePosition): string {
  if (current > 0) return `${current} of ${count}`;
  return count === 1 ? "1 change" : `${count} changes`;
}
