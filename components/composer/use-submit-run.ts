"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useRef } from "react";
import { ApiProblem, createRun, problemFrom } from "@/lib/client/api";
import type { CreateRunRequest, CreateRunResponse, Problem } from "@/lib/protocol/http";

interface SubmitRun {
  submit: (request: CreateRunRequest, onProblem: (problem: Problem) => void) => void;
  /** True until the run's page is there. */
  busy: boolean;
}

/** Starts a run and goes to its page. */
export function useSubmitRun({ onStarted }: { onStarted: () => void }): SubmitRun {
  const router = useRouter();
  const attempt = useRef<{ body: string; key: string }>(undefined);
  const { mutate, isPending, isSuccess } = useMutation<CreateRunResponse, Error, CreateRunRequest>({
    mutationFn: (request) => {
      const body = JSON.stringify(request);
      // After an attempt that got no answer the same request keeps its key: the run may exist already.
      if (attempt.current?.body !== body) attempt.current = { body, key: newKey() };
      return createRun(request, attempt.current.key);
    },
    onSuccess: ({ run_id }) => {
      onStarted();
      router.push(`/runs/${run_id}`);
    },
    onError: (error) => {
      if (!(error instanceof ApiProblem && error.isUnanswered)) attempt.current = undefined;
    },
  });
  return {
    submit: (request, onProblem) => mutate(request, { onError: (error) => onProblem(problemFrom(error)) }),
    busy: isPending || isSuccess,
  };
}

/** Not `randomUUID`: that one is missing on plain http addresses other than localhost. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
