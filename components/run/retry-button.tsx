"use client";

import { RotateCcw } from "lucide-react";
import { type ReactElement, useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { useHydrated } from "@/components/ui/use-hydrated";
import { problemFrom, retryRun } from "@/lib/client/api";

/** It comes where Stop was: a second press on Stop is no wish to start what was stopped. */
const HELD_MS = 1_200;

/** Starts one variation anew or, without one, every variation that failed or was stopped. */
export function RetryButton({
  runId,
  variation,
  children,
  ...rest
}: {
  runId: string;
  variation?: number;
  children: string;
  "aria-label"?: string;
  className?: string;
}): ReactElement {
  const [asking, setAsking] = useState(false);
  const [held, setHeld] = useState(useHydrated());
  useEffect(() => {
    const timer = setTimeout(() => setHeld(false), HELD_MS);
    return () => clearTimeout(timer);
  }, []);

  async function retry(): Promise<void> {
    setAsking(true);
    try {
      await retryRun(runId, variation);
    } catch (error) {
      const problem = problemFrom(error);
      // Somebody else was quicker: that is what was wanted.
      if (problem.code !== "conflict") toast.error("Could not start it again", { description: problem.detail });
    } finally {
      setAsking(false);
    }
  }

  return (
    <Button
      {...rest}
      disabled={asking || held}
      onClick={retry}
      title="A new attempt, from where the last one began. What was done so far stays in the log."
    >
      <RotateCcw aria-hidden="true" className="size-3" />
      {asking ? "Starting…" : children}
    </Button>
  );
}
