"use client";

import { type ReactElement, useState } from "react";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { cancelRun, problemFrom } from "@/lib/client/api";

/** Stops one variation or, without one, the whole run. `requested`: somebody already did. */
export function StopButton({
  runId,
  variation,
  requested,
  children,
  ...rest
}: {
  runId: string;
  variation?: number;
  requested: boolean;
  children: string;
  "aria-label"?: string;
  className?: string;
}): ReactElement {
  const [asking, setAsking] = useState(false);
  const pending = asking || requested;

  async function stop(): Promise<void> {
    setAsking(true);
    try {
      await cancelRun(runId, variation);
    } catch (error) {
      const problem = problemFrom(error);
      // It ended by itself meanwhile: that is what was wanted.
      if (problem.code !== "conflict") toast.error("Could not stop", { description: problem.detail });
    } finally {
      setAsking(false);
    }
  }

  return (
    <Button {...rest} disabled={pending} onClick={stop}>
      {pending ? "Stopping…" : children}
    </Button>
  );
}
