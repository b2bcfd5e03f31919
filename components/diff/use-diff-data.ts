"use client";

import { keepPreviousData, type QueryClient, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { getBlob, getChanges, getDiff } from "@/lib/client/api";
import { type MarkedFile, markFiles } from "@/lib/diff/file-marks";
import type { GeneratedReason } from "@/lib/diff/generated-files";
import type { BlobResponse, ChangesResponse, DiffResponse, FileDiffRow } from "@/lib/protocol/trees";
import type { RunState } from "@/lib/run/state";

/** Commits and blobs never change: what is here once stays. */
const immutable = { staleTime: Infinity, gcTime: 10 * 60_000 };

const diffQuery = (runId: string, from: string, to: string) => ({
  queryKey: ["diff", runId, from, to],
  queryFn: () => getDiff(runId, from, to),
  ...immutable,
});

const changesQuery = (run: RunState) => ({
  queryKey: ["changes", run.runId, ...run.variations.map(({ snapshot }) => snapshot?.commit ?? null)],
  queryFn: () => getChanges(run.runId),
  ...immutable,
});

const blobQuery = (runId: string, blob: string) => ({
  queryKey: ["blob", runId, blob],
  queryFn: () => getBlob(runId, "base", blob),
  ...immutable,
});

/** The files that differ between two commits. */
export function useDiff(runId: string, from: string | undefined, to: string | undefined): UseQueryResult<DiffResponse> {
  return useQuery({
    ...diffQuery(runId, from ?? "", to ?? ""),
    enabled: from !== undefined && to !== undefined,
    placeholderData: keepPreviousData,
  });
}

type MarkedWithReason = MarkedFile & { generated: GeneratedReason | null };

/** Who changed which file, over all variations against the base. */
export function useFileMarks(run: RunState): { files: MarkedWithReason[]; isPending: boolean } {
  const enabled = run.base !== undefined && run.variations.some(({ snapshot }) => snapshot !== undefined);
  const { data, isPending } = useQuery({ ...changesQuery(run), enabled, placeholderData: keepPreviousData });
  const files = useMemo(() => (data === undefined ? [] : marksOf(data)), [data]);
  return { files, isPending: enabled && isPending };
}

function marksOf(changes: ChangesResponse): MarkedWithReason[] {
  const touched = changes.variations.map(({ commit }, index) => {
    if (commit === null) return undefined;
    return changes.files.flatMap(({ path, variations }) => {
      const change = variations[index];
      return change == null ? [] : [{ path, newBlob: change.new_blob, newMode: change.new_mode }];
    });
  });
  const reasons = new Map(changes.files.map(({ path, generated }) => [path, generated]));
  return markFiles(touched).map((file) => ({ ...file, generated: reasons.get(file.path) ?? null }));
}

/** A file's content; nothing is asked for while `blob` is null. */
export function useBlob(runId: string, blob: string | null): UseQueryResult<BlobResponse> {
  return useQuery({ ...blobQuery(runId, blob ?? ""), enabled: blob !== null });
}

/** Fetches what the next file needs, so that it is there when it is opened. */
export function prefetchFile(client: QueryClient, runId: string, { old_blob, new_blob, binary }: FileDiffRow): void {
  if (binary) return;
  for (const blob of [old_blob, new_blob]) if (blob !== null) void client.prefetchQuery(blobQuery(runId, blob));
}

/** Fetches what the diff tab shows first. Resolves when it is there; what fails is asked for again when it is looked at. */
export async function prefetchDiff(client: QueryClient, run: RunState, from: string, to: string): Promise<void> {
  const [diff] = await Promise.all([
    client.fetchQuery(diffQuery(run.runId, from, to)).catch(() => undefined),
    client.prefetchQuery(changesQuery(run)),
  ]);
  const first = diff?.files.find(({ generated }) => generated === null);
  if (first !== undefined) prefetchFile(client, run.runId, first);
}
