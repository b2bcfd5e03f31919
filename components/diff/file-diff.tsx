"use client";

import { ArrowDown, ArrowUp } from "lucide-react";
import dynamic from "next/dynamic";
import { type ReactElement, useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import type { FileDiffRow } from "@/lib/protocol/trees";
import { BinaryDiff } from "./binary-diff";
import { useBlob } from "./use-diff-data";

// Monaco is larger than the rest of the page: it comes when a diff is looked at.
const TextDiff = dynamic(() => import("./text-diff").then((module) => module.TextDiff), { ssr: false, loading: () => <Loading /> });

/** Why nobody need read it line by line. */
const GENERATED_WORDS: Record<NonNullable<FileDiffRow["generated"]>, string> = {
  attribute: "generated",
  generator: "generated",
  lock_file: "lock file",
  minified: "minified",
  vendored: "vendored",
};

interface FileDiffProps {
  runId: string;
  row: FileDiffRow;
  fromCommit: string;
  toCommit: string;
  /** Both pickers. */
  sides: ReactElement;
  onFiles: () => void;
}

/** One file on both sides. */
export function FileDiff({ runId, row, fromCommit, toCommit, sides, onFiles }: FileDiffProps): ReactElement {
  const left = useBlob(runId, fromCommit, row.old_blob);
  const right = useBlob(runId, toCommit, row.new_blob);
  const [view, setView] = useState({ sideBySide: true, wrap: false, ignoreWhitespace: false });
  const [changes, setChanges] = useState({ count: 0, current: 0 });
  const stepperRef = useRef<(direction: "next" | "previous") => void>(undefined);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest("input:not([type=checkbox]), textarea, [role=dialog]") !== null) return;
      if (event.key === "]") stepperRef.current?.("next");
      if (event.key === "[") stepperRef.current?.("previous");
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  const binary = row.binary || left.data?.binary === true || right.data?.binary === true;
  return (
    <section aria-label={`Diff of ${row.path}`} className="flex h-full min-h-0 min-w-0 flex-col">
      <div className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-line border-b px-3 py-1">
        <Button kind="quiet" className="min-[900px]:hidden" onClick={onFiles}>
          Files
        </Button>
        <FileTitle row={row} />
        <span className="flex-1" />
        {!binary && (
          <>
            <Toggle label="Side by side" value={view.sideBySide} onChange={(sideBySide) => setView({ ...view, sideBySide })} wide />
            <Toggle label="Wrap" value={view.wrap} onChange={(wrap) => setView({ ...view, wrap })} />
            <Toggle
              label="Ignore white space"
              value={view.ignoreWhitespace}
              onChange={(ignoreWhitespace) => setView({ ...view, ignoreWhitespace })}
            />
            <span className="flex items-center gap-1 text-meta text-muted tabular-nums">
              <Button size="icon" aria-label="Previous change" title="Previous change  [" onClick={() => stepperRef.current?.("previous")}>
                <ArrowUp size={13} />
              </Button>
              <span aria-live="polite">{changesLabel(changes)}</span>
              <Button size="icon" aria-label="Next change" title="Next change  ]" onClick={() => stepperRef.current?.("next")}>
                <ArrowDown size={13} />
              </Button>
            </span>
          </>
        )}
      </div>
      {sides}
      <div className="min-h-0 flex-1">
        <Content
          runId={runId}
          row={row}
          left={left}
          right={right}
          binary={binary}
          text={(before, after) => (
            <TextDiff
              path={row.path}
              oldPath={row.old_path ?? row.path}
              left={before}
              right={after}
              {...view}
              onChanges={setChanges}
              stepperRef={stepperRef}
            />
          )}
        />
      </div>
    </section>
  );
}

function changesLabel({ count, current }: { count: number; current: number }): string {
  if (current > 0) return `${current} of ${count}`;
  return count === 1 ? "1 change" : `${count} changes`;
}

interface ContentProps {
  runId: string;
  row: FileDiffRow;
  left: ReturnType<typeof useBlob>;
  right: ReturnType<typeof useBlob>;
  binary: boolean;
  text: (before: string, after: string) => ReactElement;
}

function Content({ runId, row, left, right, binary, text }: ContentProps): ReactElement {
  const failed = left.error ?? right.error;
  if (failed !== null) {
    const retry = (): void => {
      void left.refetch();
      void right.refetch();
    };
    return (
      <div role="alert" className="grid justify-items-start gap-2 p-4">
        <p>This file could not be loaded: {failed.message}</p>
        <Button onClick={retry}>Try again</Button>
      </div>
    );
  }
  if ((row.old_blob !== null && left.data === undefined) || (row.new_blob !== null && right.data === undefined)) return <Loading />;
  if (binary) return <BinaryDiff runId={runId} row={row} left={left.data} right={right.data} />;
  const cut = left.data?.truncated === true || right.data?.truncated === true;
  return (
    <div className="flex h-full flex-col">
      {cut && <p className="border-line border-b px-3 py-1.5 text-meta text-warn">This file is very long: only its beginning is shown.</p>}
      <div className="min-h-0 flex-1">{text(left.data?.text ?? "", right.data?.text ?? "")}</div>
    </div>
  );
}

function FileTitle({ row }: { row: FileDiffRow }): ReactElement {
  const cut = row.path.lastIndexOf("/") + 1;
  const modes =
    row.old_mode !== null && row.new_mode !== null && row.old_mode !== row.new_mode ? `${row.old_mode} → ${row.new_mode}` : undefined;
  return (
    <h2 className="flex min-w-0 items-center gap-2 font-mono font-normal text-meta">
      <span className="min-w-0 truncate" title={row.path}>
        {row.old_path !== null && row.old_path !== row.path && <span className="text-muted">{row.old_path} → </span>}
        <span className="text-muted">{row.path.slice(0, cut)}</span>
        {row.path.slice(cut)}
      </span>
      <span className="shrink-0 tabular-nums">
        <span className="text-ok">+{row.added}</span> <span className="text-bad">−{row.deleted}</span>
      </span>
      {row.generated !== null && <span className="shrink-0 text-muted">{GENERATED_WORDS[row.generated]}</span>}
      {modes !== undefined && <span className="shrink-0 text-muted">mode {modes}</span>}
    </h2>
  );
}

function Toggle(props: { label: string; value: boolean; onChange: (value: boolean) => void; wide?: boolean }): ReactElement {
  const { label, value, onChange, wide = false } = props;
  return (
    <label className={`flex items-center gap-1.5 text-meta text-muted ${wide ? "max-[900px]:hidden" : ""}`}>
      <input type="checkbox" checked={value} onChange={(event) => onChange(event.target.checked)} className="accent-(--primary)" />
      {label}
    </label>
  );
}

function Loading(): ReactElement {
  return (
    <p role="status" className="p-4 text-meta text-muted">
      Loading the file…
    </p>
  );
}
