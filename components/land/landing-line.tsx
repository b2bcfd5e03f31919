import { GitBranch, TriangleAlert } from "lucide-react";
import type { ReactElement } from "react";
import { sourceName } from "@/lib/run/select";
import type { Landing } from "@/lib/run/state";
import { landedWords } from "./land-words";

/** What became of a landing, in one line. */
export function LandingLine({ landing }: { landing: Landing }): ReactElement {
  const letter = sourceName({ winner: landing.source, composition: landing.composition });
  return (
    <p className="flex min-w-0 gap-x-1.5 text-meta text-muted">
      {landing.status === "failed" ? (
        <TriangleAlert aria-hidden="true" className="mt-0.5 size-3.5 shrink-0 text-warn" />
      ) : (
        <GitBranch aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
      )}
      {landing.status === "running" && <span>{letter} is being landed…</span>}
      {landing.status === "failed" && (
        <span className="min-w-0 [overflow-wrap:anywhere]">
          {letter} was not landed: {landing.failure.message} {landing.failure.remedy}
        </span>
      )}
      {landing.status === "finished" && (
        <span className="min-w-0 [overflow-wrap:anywhere]">
          {letter}: {landedWords[landing.kind]} {landing.outcome.place}
          {landing.outcome.branch !== undefined && (
            <>
              , branch <code>{landing.outcome.branch}</code>
            </>
          )}{" "}
          {landing.outcome.url !== undefined && <LandingLink url={landing.outcome.url} />}
        </span>
      )}
    </p>
  );
}

/** Only addresses of the web become links. */
export function LandingLink({ url }: { url: string }): ReactElement {
  if (!/^https?:\/\//.test(url)) return <code>{url}</code>;
  return (
    <a href={url} target="_blank" rel="noreferrer" className="text-text underline [overflow-wrap:anywhere]">
      {url}
    </a>
  );
}
