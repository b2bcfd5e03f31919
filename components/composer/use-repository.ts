"use client";

import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useSettled } from "@/components/ui/use-settled";
import { findPaths, listBranches, problemFrom } from "@/lib/client/api";
import type { BranchesResponse, PathsResponse } from "@/lib/protocol/repositories";
import { readAddress } from "@/lib/protocol/repository-address";

/** Upstream is asked again after that, and whenever a person asks. */
const FRESH_MS = 60_000;
const TYPING_MS = 120;
/** A first fetch is under way: how often to ask whether it is there. */
const FETCHING_MS = 1_500;

/** What a repository has now. Nothing is asked for an address that cannot be one. */
export function useBranches(
  repository: string,
  gitHosts: readonly string[],
  asked: { query?: string; base?: string },
): UseQueryResult<BranchesResponse> {
  const { query = "", base = "" } = asked;
  const settled = useSettled(query, TYPING_MS);
  return useQuery({
    queryKey: ["branches", repository, settled, base],
    queryFn: ({ signal }) => listBranches({ repository, query: settled || undefined, base: base || undefined }, signal),
    enabled: "address" in readAddress(repository, gitHosts),
    staleTime: FRESH_MS,
    retry: false,
    refetchOnWindowFocus: false,
    placeholderData: (previous, query) => (query?.queryKey[1] === repository ? previous : undefined),
  });
}

/** Paths at the chosen base that match; `query` undefined: nobody asks. */
export function usePaths(repository: string, base: string, query: string | undefined): UseQueryResult<PathsResponse> {
  const settled = useSettled(query, TYPING_MS);
  return useQuery({
    queryKey: ["paths", repository, base, settled],
    queryFn: ({ signal }) => findPaths({ repository, base: base || undefined, query: settled ?? "" }, signal),
    enabled: repository !== "" && query !== undefined && settled !== undefined,
    staleTime: FRESH_MS,
    retry: false,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.state === "fetching" ? FETCHING_MS : false),
  });
}

/** Why something could not be found out, with what to do about it. */
export function reasonOf(error: Error): string {
  const { detail, errors } = problemFrom(error);
  const remedy = errors?.[0]?.message;
  return remedy === undefined || remedy === detail ? detail : `${detail} ${remedy}`;
}
