"use client";

import { useQuery } from "@tanstack/react-query";
import { ExternalLink } from "lucide-react";
import { type ReactElement, useState } from "react";
import { Button } from "@/components/ui/button";
import { problemFrom } from "@/lib/client/api";
import { checkOutputUrl, getCheckOutput } from "@/lib/client/check-api";
import { formatBytes } from "@/lib/format";

/** More than that is for a tab of its own. */
const MOST_INLINE = 400_000;

interface CheckOutputProps {
  runId: string;
  /** Of a check or a cross-test. */
  id: string;
  tail: string;
  /** Characters of all of it. */
  length: number;
}

/** The end of what a check wrote, and all of it when that is asked for. */
export function CheckOutput({ runId, id, tail, length }: CheckOutputProps): ReactElement {
  const [whole, setWhole] = useState(false);
  const query = useQuery({ queryKey: ["check-output", runId, id], queryFn: () => getCheckOutput(runId, id), enabled: whole });
  if (length === 0 && tail === "") return <p className="text-muted">It wrote nothing.</p>;
  const more = length > tail.length;
  // The end rarely begins where a line does.
  const text = query.data ?? (more ? tail.slice(tail.indexOf("\n") + 1) : tail);
  return (
    <section aria-label="Output" className="min-w-0">
      <div className="flex flex-wrap items-center gap-x-2">
        <h4 className="font-medium">{more && query.data === undefined ? "End of its output" : "Output"}</h4>
        {more && query.data === undefined && length <= MOST_INLINE && (
          <Button kind="quiet" disabled={query.isFetching} onClick={() => (whole ? void query.refetch() : setWhole(true))}>
            {query.isFetching ? "Loading…" : `All of it, ${formatBytes(length)}`}
          </Button>
        )}
        {length > 0 && (
          <Button kind="quiet" asChild>
            <a href={checkOutputUrl(runId, id)} target="_blank" rel="noreferrer">
              Open in a tab <ExternalLink aria-hidden="true" className="size-3" />
            </a>
          </Button>
        )}
      </div>
      {query.error !== null && (
        <p role="alert" className="text-bad">
          It could not be loaded: {problemFrom(query.error).detail}
        </p>
      )}
      <pre tabIndex={0} role="group" aria-label="Text of the output" className="max-h-80 overflow-auto py-1 text-muted leading-[1.55]">
        {text}
      </pre>
    </section>
  );
}
