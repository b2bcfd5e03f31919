"use client";

import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useEffect, useRef } from "react";
import { cx } from "@/components/ui/cx";
import { useServerHealth } from "./use-server-health";

const looks = {
  connecting: { dot: "bg-faint", word: "Connecting", title: "Connecting to the server" },
  live: { dot: "bg-ok", word: "Connected", title: "The server answers" },
  offline: { dot: "bg-bad", word: "Offline", title: "The server does not answer" },
} as const;

/** Whether the server can be reached, on pages that follow nothing live; what they show is asked for anew once it is back. */
export function ServerConnection(): ReactElement {
  const health = useServerHealth();
  const before = useRef(health);
  const queries = useQueryClient();
  useEffect(() => {
    const cameBack = before.current === "offline" && health === "live";
    before.current = health;
    if (cameBack) void queries.invalidateQueries();
  }, [health, queries]);
  const { dot, word, title } = looks[health];
  return (
    <span data-connection={health} title={title} className="inline-flex items-center gap-1.5 px-1 text-meta text-muted">
      <span aria-hidden="true" className={cx("size-2 rounded-full", dot)} />
      <span className="max-[700px]:sr-only">{word}</span>
    </span>
  );
}
