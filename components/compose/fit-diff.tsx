"use client";

import dynamic from "next/dynamic";
import { type ReactElement, useRef } from "react";
import type { DiffEditorHandle } from "@/components/diff/diff-editor";
import { useBlob } from "@/components/diff/use-diff-data";
import { viewSettings } from "@/components/diff/view-settings";
import type { FitChangeResponse } from "@/lib/protocol/fits";

const TextDiff = dynamic(() => import("@/components/diff/text-diff").then((module) => module.TextDiff), {
  ssr: false,
  loading: () => <p className="p-4 text-muted">Loading…</p>,
});

/** One file as it was in the composition, and as the agent left it. */
export function FitDiff({ runId, file }: { runId: string; file: FitChangeResponse }): ReactElement {
  const handle = useRef<DiffEditorHandle>(undefined);
  const { path, old_path, binary, old_blob, new_blob, added, deleted } = file;
  const left = useBlob(runId, binary ? null : old_blob);
  const right = useBlob(runId, binary ? null : new_blob);
  const error = left.error ?? right.error;
  if (binary) return <p className="p-4 text-muted">This file has no lines to compare: it is taken whole.</p>;
  if (error !== null) {
    return (
      <p role="alert" className="p-4">
        {error.message}
      </p>
    );
  }
  const [before, after] = [old_blob === null ? "" : left.data?.text, new_blob === null ? "" : right.data?.text];
  const content =
    before == null || after == null
      ? undefined
      : { file: path, path, oldPath: old_path ?? path, left: before, right: after, changedLines: added + deleted };
  return (
    <div className="min-h-0 flex-1 max-[900px]:h-[60vh] max-[900px]:flex-none">
      <TextDiff
        content={content}
        start="first"
        jump={0}
        settings={viewSettings.get()}
        label={`${path}: composition and what the agent made of it`}
        onChanges={() => undefined}
        onLine={() => undefined}
        onShown={() => undefined}
        handleRef={handle}
      />
    </div>
  );
}
