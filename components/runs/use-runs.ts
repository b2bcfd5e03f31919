"use client";

import { type InfiniteData, type UseInfiniteQueryResult, useInfiniteQuery } from "@tanstack/react-query";
import { listRuns } from "@/lib/client/api";
import type { ListRunsResponse } from "@/lib/protocol/http";
import { isLive } from "./run-outcome";

const LIVE_REFRESH_MS = 3_000;

/** The list of runs, page by page; begins with what the server rendered and follows while something is running. */
export function useRuns(
  initial: ListRunsResponse,
  now: number,
): UseInfiniteQueryResult<InfiniteData<ListRunsResponse, string | undefined>> {
  return useInfiniteQuery({
    queryKey: ["runs"],
    queryFn: ({ pageParam }) => listRuns({ cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    initialData: { pages: [initial], pageParams: [undefined] },
    initialDataUpdatedAt: now,
    refetchInterval: ({ state }) => (state.data?.pages.some(({ runs }) => runs.some(isLive)) ? LIVE_REFRESH_MS : false),
  });
}
