"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { sideCommit } from "@/lib/diff/diff-link";
import { isTerminal, type RunState } from "@/lib/run/state";
import { loadDiffView, loadTextDiff, warmDiffEditor } from "./diff-code";
import { prefetchDiff } from "./use-diff-data";
import { useDiffSides } from "./use-diff-sides";

/** While the page has nothing to do it fetches the diff's editor, and what the diff would show once nothing changes any more. Shows nothing. */
export function DiffPrefetch({ run }: { run: RunState }): null {
  const client = useQueryClient();
  const { left, right } = useDiffSides(run);
  const [from, to] = [sideCommit(run, left), sideCommit(run, right)];
  const ended = isTerminal(run.status);
  useEffect(() => whenIdle(() => void Promise.all([loadDiffView(), loadTextDiff()]).catch(() => undefined)), []);
  useEffect(() => {
    if (!ended || from === undefined || to === undefined) return;
    return whenIdle(() => {
      void prefetchDiff(client, run, from, to);
      // It takes the page a moment, which nobody notices once nothing streams any more.
      void warmDiffEditor().catch(() => undefined);
    });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once per pair of commits: `run` changes with every event
  }, [client, ended, from, to]);
  return null;
}

/** Runs it when the browser is idle; returns how to call that off. */
function whenIdle(run: () => void): () => void {
  // Safari has no idle callbacks.
  if (typeof requestIdleCallback === "undefined") {
    const timer = setTimeout(run, 1_000);
    return () => clearTimeout(timer);
  }
  const id = requestIdleCallback(run, { timeout: 5_000 });
  return () => cancelIdleCallback(id);
}
