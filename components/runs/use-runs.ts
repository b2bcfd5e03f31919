"use client";

import {
  type InfiniteData,
  keepPreviousData,
  type UseInfiniteQueryResult,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { listRuns, type RunListFilter } from "@/lib/client/api";
import type { ListRunsResponse } from "@/lib/protocol/http";
import { runsOf, withFirstPage, withRows } from "./merge-runs";
import { isLive } from "./run-outcome";

/** Rows that move are asked for alone, so that a long list costs no more than a short one. */
const LIVE_MS = 2_000;
/** What somebody else has started. */
const NEWEST_MS = 15_000;
const MAX_IDS = 100;

type Runs = InfiniteData<ListRunsResponse, string | undefined>;

export interface FollowedRuns {
  query: UseInfiniteQueryResult<Runs>;
  /** Why the list could not be loaded, or is not followed any more. */
  error: Error | null;
  retry: () => void;
}

/** The list of runs, page by page; without a filter it begins with what the server rendered. Follows what runs and what starts. */
export function useRuns(initial: ListRunsResponse, now: number, filter: RunListFilter): FollowedRuns {
  const queryKey = ["runs", filter] as const;
  const isWhole = Object.values(filter).every((value) => value === undefined);
  const client = useQueryClient();
  const query = useInfiniteQuery<ListRunsResponse, Error, Runs, readonly unknown[], string | undefined>({
    queryKey,
    queryFn: ({ pageParam }) => listRuns({ cursor: pageParam, ...filter }),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    initialData: (): Runs | undefined => (isWhole ? { pages: [initial], pageParams: [undefined] } : undefined),
    initialDataUpdatedAt: isWhole ? now : undefined,
    placeholderData: keepPreviousData,
    // What follows below brings the same at a fraction of the cost.
    refetchOnWindowFocus: false,
  });
  const change = (update: (pages: ListRunsResponse[]) => ListRunsResponse[]): void => {
    client.setQueryData<Runs>(queryKey, (data) => {
      if (data === undefined) return data;
      const pages = update(data.pages);
      return { pages, pageParams: data.pageParams.slice(0, pages.length) };
    });
  };
  const shown = query.isPlaceholderData ? [] : (query.data?.pages ?? []);
  const live = runsOf(shown)
    .filter(isLive)
    .map(({ run_id }) => run_id)
    .slice(0, MAX_IDS);
  const moving = useQuery({
    queryKey: ["live-runs", live],
    queryFn: async () => {
      const { runs } = await listRuns({ ids: live, limit: MAX_IDS });
      change((pages) => withRows(pages, runs));
      return null;
    },
    enabled: live.length > 0,
    refetchInterval: LIVE_MS,
    staleTime: 0,
  });
  const newest = useQuery({
    queryKey: ["newest-runs", filter],
    queryFn: async () => {
      const first = await listRuns(filter);
      change((pages) => withFirstPage(pages, first));
      return null;
    },
    enabled: shown.length > 0,
    refetchInterval: NEWEST_MS,
    refetchOnWindowFocus: "always",
    initialData: null,
    // The list itself is as new.
    initialDataUpdatedAt: () => Date.now(),
    staleTime: NEWEST_MS,
  });
  return {
    query,
    error: query.error ?? moving.error ?? newest.error,
    retry: () => void (query.data === undefined ? query : newest).refetch(),
  };
}
