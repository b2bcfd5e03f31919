"use client";

import { useMutation } from "@tanstack/react-query";
import { toast } from "@/components/ui/toast";
import { problemFrom } from "@/lib/client/api";
import { cancelChecks, startChecks, startCrossTests } from "@/lib/client/check-api";
import type { StartChecksRequest, StartCrossTestsRequest } from "@/lib/protocol/checks";

/** What can be ordered of a run's checks; what comes of it is seen in the run. */
export interface CheckOrders {
  isPending: boolean;
  run: (order: StartChecksRequest) => void;
  cross: (order: StartCrossTestsRequest) => void;
  cancel: () => void;
}

const failed = (what: string) => (error: Error) => void toast.error(what, { description: problemFrom(error).detail });
const started = ({ queued }: { queued: number }): void => {
  if (queued === 0) toast.info("Nothing to run: every result is up to date, or on its way.");
};

/** See `CheckOrders`. */
export function useCheckOrders(runId: string): CheckOrders {
  const run = useMutation({
    mutationFn: (order: StartChecksRequest) => startChecks(runId, order),
    onSuccess: started,
    onError: failed("The checks could not be started"),
  });
  const cross = useMutation({
    mutationFn: (order: StartCrossTestsRequest) => startCrossTests(runId, order),
    onSuccess: started,
    onError: failed("The cross-tests could not be started"),
  });
  const cancel = useMutation({ mutationFn: () => cancelChecks(runId), onError: failed("They could not be stopped") });
  return {
    isPending: run.isPending || cross.isPending || cancel.isPending,
    run: run.mutate,
    cross: cross.mutate,
    cancel: cancel.mutate,
  };
}
