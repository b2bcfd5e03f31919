"use client";

import { type ReactElement, useEffect, useRef, useState } from "react";
import { Composer } from "@/components/composer/composer";
import { createDraftStore } from "@/components/composer/draft-store";
import { SetupNotices } from "@/components/composer/setup-notices";
import { useCommands } from "@/components/palette/registry";
import { runsOf } from "@/components/runs/merge-runs";
import { NoRuns } from "@/components/runs/no-runs";
import { RecentRuns } from "@/components/runs/recent-runs";
import { isLive } from "@/components/runs/run-outcome";
import { useRuns } from "@/components/runs/use-runs";
import { useSettled } from "@/components/ui/use-settled";
import type { RunListFilter } from "@/lib/client/api";
import type { ListRunsResponse, SetupResponse } from "@/lib/protocol/http";

const TYPING_MS = 200;

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
  const [filter, setFilter] = useState<RunListFilter>({});
  const words = useSettled(filter.query?.trim() || undefined, TYPING_MS);
  const asked = { state: filter.state, projectId: filter.projectId, query: words };
  const list = useRuns(runs, now, asked);
  const pages = list.query.data?.pages ?? [];
  const isFiltered = Object.values({ ...filter, ...asked }).some((value) => value !== undefined);
  const isFirstVisit = !isFiltered && pages[0]?.total === 0;

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
      <SetupNotices setup={setup} paused={runsOf(pages).filter((run) => isLive(run) && run.paused)} />
      {isFirstVisit ? (
        <NoRuns setup={setup} onUseSample={fillInSample} />
      ) : (
        <RecentRuns
          list={list}
          now={now}
          filter={filter}
          projects={setup.recent_repositories}
          onFilter={(change) => setFilter(change === undefined ? {} : { ...filter, ...change })}
        />
      )}
    </>
  );
}
