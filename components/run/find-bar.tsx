"use client";

import { ArrowDown, ArrowUp, Check, X } from "lucide-react";
import { type KeyboardEvent, type ReactElement, useEffect, useRef } from "react";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { formatBytes } from "@/lib/format";
import { variationLetter } from "@/lib/run/select";
import type { Find } from "./use-find";
import { type Matches, type Searched, useMatches } from "./use-matches";

/** Find in transcripts: stands in the row of the tabs, so that nothing moves when it opens. */
export function FindBar({ find, searched }: { find: Find; searched: Searched }): ReactElement {
  const field = useRef<HTMLInputElement>(null);
  const { asked, query } = find;
  const matches = useMatches(find, searched);
  const { result } = matches;
  useEffect(() => field.current?.select(), [asked]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape") find.close();
    else if (event.key === "Enter" && !event.nativeEvent.isComposing) matches.step(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  };
  return (
    <search
      aria-label="Find in transcripts"
      onKeyDown={(event) => event.key === "Escape" && find.close()}
      className="flex min-w-0 items-center gap-1 max-[900px]:absolute max-[900px]:inset-0 max-[900px]:z-10 max-[900px]:bg-bg max-[900px]:px-2"
    >
      <span className="flex h-[26px] w-[340px] min-w-0 items-center gap-2 rounded-md border border-line-strong bg-raised pl-2.5 focus-within:border-v focus-within:outline focus-within:outline-2 focus-within:outline-(--a) max-[900px]:w-auto max-[900px]:flex-1">
        <input
          ref={field}
          // The one thing this is opened for.
          autoFocus
          type="text"
          aria-label="Find in transcripts"
          placeholder={find.all ? "Find in all panes" : `Find in ${variationLetter(find.pane)}`}
          value={query}
          onChange={({ target }) => {
            find.ask(target.value);
            matches.reset();
          }}
          onKeyDown={onKeyDown}
          autoComplete="off"
          spellCheck={false}
          className="min-w-0 flex-1 bg-transparent text-body outline-none! placeholder:text-faint"
        />
        <span role="status" className="shrink-0 text-meta text-muted tabular-nums">
          {query !== "" && <Count matches={matches} />}
        </span>
        <ScopeButton find={find} matches={matches} onChanged={() => field.current?.focus()} />
      </span>
      {result.missing > 0 && query !== "" && (
        <span
          title="The middle of very long outputs is kept in the log only, not on this page."
          className="shrink-0 text-faint text-meta max-[1100px]:sr-only"
        >
          {formatBytes(result.missing)} not searched
        </span>
      )}
      <Button
        kind="quiet"
        size="icon"
        aria-label="Previous match"
        title="Previous (⇧⏎)"
        disabled={result.total === 0}
        onClick={() => matches.step(-1)}
      >
        <ArrowUp aria-hidden="true" className="size-3.5" />
      </Button>
      <Button
        kind="quiet"
        size="icon"
        aria-label="Next match"
        title="Next (⏎)"
        disabled={result.total === 0}
        onClick={() => matches.step(1)}
      >
        <ArrowDown aria-hidden="true" className="size-3.5" />
      </Button>
      <Button kind="quiet" size="icon" aria-label="Close find" title="Close (Esc)" onClick={find.close}>
        <X aria-hidden="true" className="size-3.5" />
      </Button>
    </search>
  );
}

function Count({ matches: { result, number } }: { matches: Matches }): ReactElement {
  const total = result.total.toLocaleString("en-US");
  if (result.total === 0) return <>No matches</>;
  if (number === 0) return <>{result.total === 1 ? "1 match" : `${total} matches`}</>;
  return (
    <>
      {number.toLocaleString("en-US")} of {total}
    </>
  );
}

function ScopeButton({ find, matches, onChanged }: { find: Find; matches: Matches; onChanged: () => void }): ReactElement | null {
  if (matches.shown === 1 && !find.all) return null;
  return (
    <button
      type="button"
      aria-pressed={find.all}
      title="Find in all panes that are shown"
      onClick={() => {
        find.setAll(!find.all);
        matches.reset();
        // Back to where Enter leads to the next place.
        onChanged();
      }}
      className={cx(
        "inline-flex h-full shrink-0 items-center gap-1 rounded-r-md border-line-strong border-l px-2 text-meta",
        find.all ? "bg-hover text-text" : "text-muted hover:bg-hover hover:text-text",
      )}
    >
      {find.all && <Check aria-hidden="true" className="size-3" />}
      All panes
    </button>
  );
}
