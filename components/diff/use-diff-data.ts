"use client";

import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { getBlob, getChanges, getDiff } from "@/lib/client/api";
import { type MarkedFile, markFiles } from "@/lib/diff/file-marks";
import type { BlobResponse, DiffResponse } from "@/lib/protocol/trees";
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
  const commits = run.variations.map(({ snapshot }) => snapshot?.commit ?? null);
  const { data } = useQuery({
    queryKey: ["changes", run.runId, ...commits],
    queryFn: () => getChanges(run.runId),
    enabled: run.base !== undefined && commits.some((commit) => commit !== null),
    placeholderData: keepPreviousData,
    ...immutable,
  });
  const count = run.variations.length;
  return useMemo(() => {
    const touched = data?.variations.map(({ commit }, index) => {
      if (commit === null) return undefined;
      return data.files.flatMap(({ path, variations }) => {
        const change = variations[index];
        return change == null ? [] : [{ path, newBlob: change.new_blob }];
      });
    });
    return markFiles(touched ?? Array.from({ length: count }, () => undefined));
  }, [data, count]);
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
