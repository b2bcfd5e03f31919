"use client";

import { keepPreviousData, type QueryClient, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { getBlob, getDiff, getFileMap, getMap } from "@/lib/client/api";
import type { FileMapResponse, MapResponse } from "@/lib/protocol/map";
import type { BlobResponse, DiffResponse, FileDiffRow } from "@/lib/protocol/trees";
import type { RunState } from "@/lib/run/state";

/** Commits and blobs never change: what is here once stays. */
const immutable = { staleTime: Infinity, gcTime: 10 * 60_000 };

const diffQuery = (runId: string, from: string, to: string) => ({
  queryKey: ["diff", runId, from, to],
  queryFn: () => getDiff(runId, from, to),
  ...immutable,
});

/** What the map is about: it changes with each snapshot, and when somebody is done without one. */
function mappedSides(run: RunState): unknown[] {
  return run.variations.map(({ snapshot, status }) => snapshot?.commit ?? status === "completed");
}

const mapQuery = (run: RunState) => ({
  queryKey: ["map", run.runId, ...mappedSides(run)],
  queryFn: () => getMap(run.runId),
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

/** How far the variations agree, file by file. While a newer map is made the last one stays (`isPlaceholderData`). */
export function useRunMap(run: RunState): UseQueryResult<MapResponse> & { isExpected: boolean } {
  const enabled = run.base !== undefined && run.variations.some(({ snapshot }) => snapshot !== undefined);
  const result = useQuery({ ...mapQuery(run), enabled, placeholderData: keepPreviousData });
  return { ...result, isExpected: enabled && result.isPending };
}

/** Hunk by hunk what the variations made of a file, by its path in the base; `pages` of it, of which one is more than most files have. */
export function useFileMap(run: RunState, path: string, pages: number): UseQueryResult<FileMapResponse> {
  return useQuery({
    queryKey: ["map-file", run.runId, path, pages, ...mappedSides(run)],
    queryFn: ({ signal }) => getFileMap(run.runId, path, pages, signal),
    placeholderData: (before, query) => (query?.queryKey[2] === path ? before : undefined),
    ...immutable,
  });
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
    client.prefetchQuery(mapQuery(run)),
  ]);
  const first = diff?.files.find(({ generated }) => generated === null);
  if (first !== undefined) prefetchFile(client, run.runId, first);
}
