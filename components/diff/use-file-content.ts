"use client";

import { isLargeChange, isLargeText } from "@/lib/diff/diff-effort";
import { isSubmodule } from "@/lib/diff/file-facts";
import type { BlobResponse, FileDiffRow } from "@/lib/protocol/trees";
import { useBlob } from "./use-diff-data";

/** What there is to show of a file. A side is undefined where the file is not there. */
export type FileContent =
  | { kind: "loading" }
  | { kind: "error"; message: string; retry: () => void }
  | { kind: "submodule" }
  | { kind: "binary"; left: BlobResponse | undefined; right: BlobResponse | undefined }
  /** More than the editor opens by itself; `sizes` in bytes, empty while nothing was fetched. */
  | { kind: "large"; sizes: number[] }
  | { kind: "text"; left: string | undefined; right: string | undefined; truncated: boolean };

/** The contents of both sides, as far as they are needed. `loadLarge`: the person wants to see it all the same. */
export function useFileContent(runId: string, row: FileDiffRow, loadLarge: boolean): FileContent {
  const waits = isSubmodule(row) || (isLargeChange(row) && !loadLarge);
  const left = useBlob(runId, waits ? null : row.old_blob);
  const right = useBlob(runId, waits ? null : row.new_blob);
  if (isSubmodule(row)) return { kind: "submodule" };
  if (waits) return { kind: "large", sizes: [] };
  const failed = left.error ?? right.error;
  if (failed !== null) {
    const retry = (): void => {
      if (left.error !== null) void left.refetch();
      if (right.error !== null) void right.refetch();
    };
    return { kind: "error", message: failed.message, retry };
  }
  if ((row.old_blob !== null && left.data === undefined) || (row.new_blob !== null && right.data === undefined)) return { kind: "loading" };
  return contentOf(row, left.data, right.data, loadLarge);
}

function contentOf(row: FileDiffRow, left: BlobResponse | undefined, right: BlobResponse | undefined, loadLarge: boolean): FileContent {
  if (row.binary || left?.binary === true || right?.binary === true) return { kind: "binary", left, right };
  const blobs = [left, right].filter((blob) => blob !== undefined);
  const sizes = blobs.map(({ size }) => size);
  const texts = blobs.map(({ text }) => text ?? "");
  if (!loadLarge && isLargeText(sizes, texts)) return { kind: "large", sizes };
  const text = (blob: BlobResponse | undefined): string | undefined => (blob === undefined ? undefined : (blob.text ?? ""));
  return { kind: "text", left: text(left), right: text(right), truncated: blobs.some(({ truncated }) => truncated) };
}
