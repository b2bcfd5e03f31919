"use client";

import { type ReactElement, type ReactNode, type RefObject, useEffect, useMemo, useState } from "react";
import { Button } from "@/components/ui/button";
import { useStored } from "@/lib/client/stored-value";
import type { DiffLine } from "@/lib/diff/diff-link";
import { rowFacts, textFacts } from "@/lib/diff/file-facts";
import type { FileDiffRow } from "@/lib/protocol/trees";
import { BinaryDiff } from "./binary-diff";
import { TextDiff } from "./diff-code";
import type { ChangePosition, DiffContent, DiffEditorHandle, DiffStart } from "./diff-editor";
import { LargeFile } from "./large-file";
import { Skeleton } from "./skeleton";
import { SubmoduleDiff } from "./submodule-diff";
import { type FileContent, useFileContent } from "./use-file-content";
import { viewSettings } from "./view-settings";

interface FileDiffProps {
  runId: string;
  row: FileDiffRow;
  /** What else there is to know about the path. */
  notes: readonly string[];
  /** Names of both sides, for screen readers. */
  sides: { left: string; right: string };
  start: DiffStart;
  /** See `TextDiffProps`. */
  jump: number;
  /** Below the head of the file: both pickers. */
  pickers: ReactNode;
  head: ReactNode;
  /** No room for two columns. */
  narrow: boolean;
  onChanges: (position: ChangePosition) => void;
  onLine: (line: DiffLine) => void;
  editorRef: RefObject<DiffEditorHandle | undefined>;
}

/** One file on both sides. */
export function FileDiff(props: FileDiffProps): ReactElement {
  const { runId, row, notes, sides, start, jump, pickers, head, narrow, onChanges, onLine, editorRef } = props;
  const kept = useStored(viewSettings);
  const settings = useMemo(() => ({ ...kept, sideBySide: kept.sideBySide && !narrow }), [kept, narrow]);
  const [wanted, setWanted] = useState<string>();
  const [shown, setShown] = useState<string>();
  const content = useFileContent(runId, row, wanted === row.path);
  const text = textContent(row, content);
  const isText = content.kind === "text" || (content.kind === "loading" && shown === row.path);
  useEffect(() => {
    if (content.kind !== "text" && content.kind !== "loading") onChanges({ count: 0, current: 0 });
  }, [content.kind, row.path, onChanges]);

  const facts = [
    ...notes,
    ...rowFacts(row),
    ...(content.kind === "text" ? textFacts(content.left, content.right, settings) : []),
    ...(content.kind === "text" && content.truncated ? ["Only the first 5 MB are compared here."] : []),
  ];
  return (
    <section aria-label={`Diff of ${row.path}`} className="flex h-full min-h-0 min-w-0 flex-col">
      {head}
      {pickers}
      {facts.length > 0 && (
        <ul className="shrink-0 border-line border-b bg-raised px-3 py-1.5 text-meta text-muted">
          {facts.map((fact) => (
            <li key={fact} className="[overflow-wrap:anywhere]">
              {fact}
            </li>
          ))}
        </ul>
      )}
      <div className="relative min-h-0 flex-1" aria-busy={content.kind === "loading" || (isText && shown !== row.path)}>
        {/* The editor keeps its size below what covers it: it is there at once for the next text. */}
        <div className="absolute inset-0" inert={!isText}>
          <TextDiff
            content={text}
            start={start}
            jump={jump}
            settings={settings}
            label={`Difference in ${row.path}: ${sides.left} on the left, ${sides.right} on the right`}
            onChanges={onChanges}
            onLine={onLine}
            onShown={setShown}
            handleRef={editorRef}
          />
        </div>
        <Covering
          runId={runId}
          row={row}
          content={content}
          sides={sides}
          pending={isText && shown !== row.path}
          onLoad={() => setWanted(row.path)}
        />
      </div>
    </section>
  );
}

function textContent(row: FileDiffRow, content: FileContent): DiffContent | undefined {
  if (content.kind !== "text") return undefined;
  return {
    file: row.path,
    path: row.path,
    oldPath: row.old_path ?? row.path,
    left: content.left ?? "",
    right: content.right ?? "",
    changedLines: row.added + row.deleted,
  };
}

interface CoveringProps {
  runId: string;
  row: FileDiffRow;
  content: FileContent;
  sides: { left: string; right: string };
  /** The editor has not got it yet. */
  pending: boolean;
  onLoad: () => void;
}

/** Over the editor: whatever is not two texts, and the time until they are there. */
function Covering({ runId, row, content, sides, pending, onLoad }: CoveringProps): ReactElement | null {
  if (content.kind === "loading") return <Skeleton what="the file" />;
  if (content.kind === "text") return pending ? <Skeleton what="the file" /> : null;
  return (
    <div className="absolute inset-0 z-10 overflow-auto bg-bg">
      {content.kind === "error" && (
        <div role="alert" className="grid justify-items-start gap-2 p-4">
          <p className="[overflow-wrap:anywhere]">This file could not be loaded: {content.message}</p>
          <Button onClick={content.retry}>Try again</Button>
        </div>
      )}
      {content.kind === "submodule" && <SubmoduleDiff row={row} />}
      {content.kind === "binary" && (
        <BinaryDiff key={row.path} runId={runId} row={row} left={content.left} right={content.right} sides={sides} />
      )}
      {content.kind === "large" && <LargeFile runId={runId} row={row} sizes={content.sizes} sides={sides} onLoad={onLoad} />}
    </div>
  );
}
