"use client";

import { keepPreviousData, type UseQueryResult, useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { getBlob, getDiff } from "@/lib/client/api";
import { type MarkedFile, markFiles } from "@/lib/diff/file-marks";
import type { BlobResponse, DiffResponse } from "@/lib/protocol/http";
import type { RunState } from "@/lib/run/state";

/** Commits and blobs never change: what is here once stays. */
const immutable = { staleTime: Infinity, gcTime: 10 * 60_000 };

/** The files that differ between two commits. */
export function useDiff(runId: string, from: string | undefined, to: string | undefined): UseQueryResult<DiffResponse> {
  return useQuery({
    queryKey: ["diff", runId, from, to],
    queryFn: () => getDiff(runId, from ?? "", to ?? ""),
    enabled: from !== undefined && to !== undefined,
    placeholderData: keepPreviousData,
    ...immutable,
  });
}

/** Who changed which file, over all variations against the base. */
export function useFileMarks(run: RunState): MarkedFile[] {
  const base = run.base?.commit;
  const diffs = useQueries({
    queries: run.variations.map(({ snapshot }) => ({
      queryKey: ["diff", run.runId, base, snapshot?.commit],
      queryFn: () => getDiff(run.runId, base ?? "", snapshot?.commit ?? ""),
      enabled: base !== undefined && snapshot !== undefined,
      placeholderData: keepPreviousData,
      ...immutable,
    })),
    combine: (results) => results.map(({ data }) => data),
  });
  return useMemo(() => markFiles(diffs.map((diff) => diff?.files.map(({ path, new_blob: newBlob }) => ({ path, newBlob })))), [diffs]);
}

/** A file's content; nothing is asked for the side where the file is not. */
export function useBlob(runId: string, commit: string | undefined, blob: string | null): UseQueryResult<BlobResponse> {
  return useQuery({
    queryKey: ["blob", runId, blob],
    queryFn: () => getBlob(runId, commit ?? "base", blob ?? ""),
    enabled: blob !== null && commit !== undefined,
    ...immutable,
  });
}
