"use client";

import { keepPreviousData, type UseMutationResult, type UseQueryResult, useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type ApiProblem, landVariation, previewLanding } from "@/lib/client/api";
import type { LandingResponse, LandPreviewResponse, LandRequest } from "@/lib/protocol/landing";
import type { TreeSource } from "@/lib/run/state";
import type { LandWay } from "./land-words";

/** What the person has chosen so far; options of other kinds are kept while one looks around. */
export interface LandChoice {
  kind: LandWay;
  mode: "commit" | "worktree" | "branch";
  branch: string;
  rebase: boolean;
  update: boolean;
  draft: boolean;
  allowFilters: boolean;
  name: string;
  email: string;
}

export const firstChoice = (kind: LandWay): LandChoice => ({
  kind,
  mode: "commit",
  branch: "",
  rebase: false,
  update: false,
  draft: false,
  allowFilters: false,
  name: "",
  email: "",
});

/** The request that a choice makes. Without `what`: the winner, as it was when it was selected. */
export function requestOf(what: TreeSource | undefined, choice: LandChoice): LandRequest {
  const { kind, mode, rebase, update, draft, name, email } = choice;
  const common = {
    variation_id: what?.winner,
    composition: what?.composition,
    ...(choice.branch.trim() === "" ? {} : { branch: choice.branch.trim() }),
    ...(name.trim() === "" || email.trim() === "" ? {} : { author: { name: name.trim(), email: email.trim() } }),
  };
  switch (kind) {
    // A file is nothing to land: what a branch would be is looked at instead.
    case "download":
      return { kind: "branch", ...common, rebase: false };
    case "branch":
      return { kind, ...common, rebase };
    case "checkout":
      return { kind, ...common, mode, allow_filters: choice.allowFilters };
    case "push":
      return { kind, ...common, rebase, update };
    case "pull_request":
      return { kind, ...common, rebase, update, draft };
  }
}

/** What landing so would do and meet, looked at anew whenever it is asked for. */
export function useLandPreview(runId: string, request: LandRequest, enabled = true): UseQueryResult<LandPreviewResponse, ApiProblem> {
  return useQuery<LandPreviewResponse, ApiProblem>({
    queryKey: ["land", runId, request],
    queryFn: () => previewLanding(runId, request),
    enabled,
    placeholderData: keepPreviousData,
    // What it looks at changes outside of this page.
    staleTime: 0,
    retry: false,
  });
}

/** Looks before landing, and lands. A landing whose answer was lost is asked for again under its own key. */
export function useLanding(
  runId: string,
  request: LandRequest,
): { preview: UseQueryResult<LandPreviewResponse, ApiProblem>; landing: UseMutationResult<LandingResponse, ApiProblem, void> } {
  const [key, setKey] = useState<{ id: string; request: string }>();
  const preview = useLandPreview(runId, request);
  const landing = useMutation<LandingResponse, ApiProblem, void>({
    mutationFn: () => {
      const text = JSON.stringify(request);
      const id = key?.request === text ? key.id : crypto.randomUUID();
      setKey({ id, request: text });
      return landVariation(runId, request, id);
    },
    onError(error) {
      // A refusal is an answer: the next try is another landing.
      if (!error.isUnanswered) setKey(undefined);
      void preview.refetch();
    },
    onSuccess() {
      setKey(undefined);
      // Where it was landed it looks different now.
      void preview.refetch();
    },
  });
  return { preview, landing };
}
