"use client";

import type { ReactElement } from "react";
import { useNow } from "@/components/run/now";
import { Letter } from "@/components/variation/letter";
import { formatAge } from "@/lib/format";
import type { Landing, RunState } from "@/lib/run/state";
import { landedWords, landWords } from "./land-words";
import { LandingLink } from "./last-landing";

/** What was landed of this run before, the newest first. */
export function EarlierLandings({ run, except }: { run: RunState; except: string | undefined }): ReactElement | null {
  const now = useNow();
  const landings = run.landings.filter(({ id }) => id !== except).toReversed();
  if (landings.length === 0) return null;
  return (
    <details className="rounded-md border border-line px-3 py-2 text-meta">
      <summary className="cursor-pointer">{landings.length === 1 ? "One landing before" : `${landings.length} landings before`}</summary>
      <ol className="mt-2 grid gap-1.5">
        {landings.map((landing) => {
          const age = formatAge(landing.startedAt, now);
          return (
            <li key={landing.id} className="flex gap-2">
              <Letter variation={landing.source} />
              <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
                <Line landing={landing} />
              </span>
              <time className="shrink-0 text-faint" dateTime={new Date(landing.startedAt).toISOString()}>
                {age === "now" ? "just now" : `${age} ago`}
              </time>
            </li>
          );
        })}
      </ol>
    </details>
  );
}

function Line({ landing }: { landing: Landing }): ReactElement {
  if (landing.status === "running") return <>{landWords[landing.kind].name}: under way</>;
  if (landing.status === "failed") {
    return (
      <>
        {landWords[landing.kind].name}: <span className="text-bad">{landing.failure.message}</span> {landing.failure.remedy}
      </>
    );
  }
  const { place, branch, commit, url } = landing.outcome;
  return (
    <>
      {landedWords[landing.kind]} {place}
      {branch !== undefined && (
        <>
          , <code>{branch}</code>
        </>
      )}{" "}
      <code className="text-faint">{commit.slice(0, 7)}</code> {url !== undefined && <LandingLink url={url} />}
    </>
  );
}
