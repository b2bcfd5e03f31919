"use client";

import { type ReactElement, useEffect, useRef, useState } from "react";
import { Composer } from "@/components/composer/composer";
import { createDraftStore } from "@/components/composer/draft-store";
import { SetupNotices } from "@/components/composer/setup-notices";
import { useCommands } from "@/components/palette/registry";
import { NoRuns } from "@/components/runs/no-runs";
import { RecentRuns } from "@/components/runs/recent-runs";
import { useRuns } from "@/components/runs/use-runs";
import type { ListRunsResponse, SetupResponse } from "@/lib/protocol/http";

interface HomeProps {
  setup: SetupResponse;
  /** The newest runs, as the server knew them at `now` (ms since the epoch). */
  runs: ListRunsResponse;
  now: number;
}

/** The home page: the composer, and what it has started so far. */
export function Home({ setup, runs, now }: HomeProps): ReactElement {
  const [store] = useState(() => createDraftStore(setup));
  const prompt = useRef<HTMLTextAreaElement>(null);
  const query = useRuns(runs, now);
  const isFirstVisit = query.data?.pages[0]?.runs.length === 0;

  useCommands([
    { id: "prompt", title: "Focus the prompt", group: "New run", keywords: ["compose", "write"], run: () => prompt.current?.focus() },
    { id: "sample", title: "Use the sample repository", group: "New run", keywords: ["try", "demo"], run: fillInSample },
  ]);

  useEffect(() => {
    const disconnect = store.getState().connect(prompt.current?.value ?? "");
    // Not the `autofocus` attribute: this page's markup may arrive in a hidden part, where it would do nothing.
    if (document.activeElement === document.body) prompt.current?.focus({ preventScroll: true });
    return disconnect;
  }, [store]);

  function fillInSample(): void {
    const { sample_repository: sample } = setup;
    if (sample === null) return;
    const { prompt: typed, edit } = store.getState();
    edit({ repository: sample.url, base: "", prompt: typed.trim() === "" ? sample.prompt : typed });
    prompt.current?.focus();
  }

  return (
    <>
      <Composer setup={setup} store={store} promptRef={prompt} onUseSample={isFirstVisit ? undefined : fillInSample} />
      <SetupNotices setup={setup} />
      {isFirstVisit ? <NoRuns setup={setup} onUseSample={fillInSample} /> : <RecentRuns query={query} now={now} />}
    </>
  );
}
