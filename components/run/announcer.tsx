"use client";

import { type ReactElement, useState } from "react";
import { variationLetter } from "@/lib/run/select";
import type { RunState, VariationStatus } from "@/lib/run/state";

const words: Record<VariationStatus, string | undefined> = {
  queued: undefined,
  preparing: undefined,
  running: "is running",
  completed: "completed",
  failed: "failed",
  cancelled: "was stopped",
};

/** Says changes of state, and only those, to who cannot see them. */
export function Announcer({ run }: { run: RunState }): ReactElement {
  const statuses = run.variations.map(({ status }) => status);
  const [seen, setSeen] = useState(statuses);
  const [message, setMessage] = useState("");
  if (statuses.some((status, index) => status !== seen[index])) {
    const news = statuses.flatMap((status, index) => {
      const word = status === seen[index] ? undefined : words[status];
      return word === undefined ? [] : [`${variationLetter(index)} ${word}`];
    });
    setSeen(statuses);
    if (news.length > 0) setMessage(news.join(". "));
  }
  return (
    <p role="status" aria-live="polite" className="sr-only">
      {message}
    </p>
  );
}
