"use client";

import { type ReactElement, useState } from "react";
import { type StoreApi, useStore } from "zustand";
import { variationLetter } from "@/lib/run/select";
import type { RunState, VariationStatus } from "@/lib/run/state";
import { shownPanes } from "./pane-order";
import type { PaneStore } from "./pane-store";

const words: Record<VariationStatus, string | undefined> = {
  queued: undefined,
  preparing: undefined,
  running: "is running",
  completed: "completed",
  failed: "failed",
  cancelled: "was stopped",
};

/** Says changes of state and of the panes' order, and only those, to who cannot see them. */
export function Announcer({ run, panes }: { run: RunState; panes: StoreApi<PaneStore> }): ReactElement {
  return (
    <>
      <States run={run} />
      <Places panes={panes} />
    </>
  );
}

/** Where the panes stand, after somebody has moved or hidden one. */
function Places({ panes }: { panes: StoreApi<PaneStore> }): ReactElement {
  const order = useStore(panes, (state) => shownPanes(state).map(variationLetter).join(", "));
  const [seen, setSeen] = useState(order);
  const [message, setMessage] = useState("");
  if (order !== seen) {
    setSeen(order);
    setMessage(`Panes: ${order}`);
  }
  return (
    <p role="status" aria-live="polite" className="sr-only">
      {message}
    </p>
  );
}

function States({ run }: { run: RunState }): ReactElement {
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
