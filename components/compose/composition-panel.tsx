"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import type { ReactElement, ReactNode } from "react";
import { useNow } from "@/components/run/now";
import { Button } from "@/components/ui/button";
import { Letter } from "@/components/variation/letter";
import { downloadPaths, selectWinner } from "@/lib/client/api";
import { getComposition } from "@/lib/client/composition-api";
import { formatElapsed } from "@/lib/format";
import { breaksBase } from "@/lib/run/check-table";
import type { Composition } from "@/lib/run/composition";
import { isSelected, variationLetter } from "@/lib/run/select";
import type { RunState, TreeSource } from "@/lib/run/state";
import { compositionHead } from "@/lib/run/trees";
import { CompositionChecks } from "./composition-checks";
import { CompositionName } from "./composition-name";
import { AgentMark, HandMark } from "./letters";
import type { CompositionEditor } from "./use-composition";

interface CompositionPanelProps {
  run: RunState;
  composition: Composition;
  editor: CompositionEditor;
  /** Hunks that are left out and would conflict with what is taken. */
  wouldConflict: number;
  /** An agent that fits it together. */
  fit: ReactNode;
  onLand: (what: TreeSource) => void;
  onDelete: () => void;
}

/** What the composition is made of, and what becomes of it. */
export function CompositionPanel({ run, composition, editor, wouldConflict, fit, onLand, onDelete }: CompositionPanelProps): ReactElement {
  const { number, snapshot } = composition;
  const what = { composition: number };
  const selected = isSelected(run, what);
  const breaks = breaksBase(run, compositionHead(number)) !== undefined;
  const selectWords = selected ? "Select its newest state" : "Select this composition";
  const newest = selected && run.selection?.commit === snapshot?.commit;
  const selecting = useMutation({
    mutationFn: async () => {
      // What was typed just now belongs to it.
      await editor.settled();
      return selectWinner(run.runId, { composition: number });
    },
    onSuccess: () => onLand(what),
  });
  return (
    <aside
      aria-labelledby="composition-facts"
      className="flex min-h-0 flex-col overflow-y-auto border-line border-l max-[900px]:overflow-visible max-[900px]:border-l-0"
    >
      <div className="flex h-9 shrink-0 items-center gap-1.5 border-line border-b px-4">
        <CompositionName id="composition-facts" composition={composition} onRename={(name) => void editor.change({ name })} />
        {snapshot !== undefined && (
          <span className="text-meta tabular-nums">
            <span className="text-ok">+{snapshot.added}</span> <span className="text-bad">−{snapshot.deleted}</span>
          </span>
        )}
      </div>
      <Outdated run={run} composition={composition} editor={editor} />
      <Origins composition={composition} wouldConflict={wouldConflict} />
      <CompositionChecks run={run} composition={composition} settled={editor.settled} />
      {fit}
      <div className="mt-auto grid gap-2 border-line border-t bg-panel px-4 py-3 max-[900px]:mt-0">
        <SaveLine composition={composition} editor={editor} />
        <Button
          kind={breaks && !newest ? "danger" : "primary"}
          size="medium"
          disabled={selecting.isPending || newest}
          onClick={() => selecting.mutate()}
        >
          {newest ? "Selected" : selecting.isPending ? "Selecting…" : `${selectWords}${breaks ? " anyway" : ""}`}
        </Button>
        {selecting.error !== null && (
          <p role="alert" className="text-bad text-meta">
            {selecting.error.message}
          </p>
        )}
        <div className="grid grid-cols-2 gap-2">
          <Button onClick={() => void editor.settled().then(() => onLand(what))}>Land it…</Button>
          <Button asChild>
            <a href={downloadPaths(run.runId, what).patch} download>
              Patch
            </a>
          </Button>
        </div>
        <p className="text-meta text-muted">
          Fetched as <code>{compositionHead(number)}</code>. Its commit names who each part is from.
        </p>
        <Button
          kind="quiet"
          disabled={selected}
          onClick={onDelete}
          title={selected ? "It is the winner: select something else first." : undefined}
        >
          Delete composition
        </Button>
      </div>
    </aside>
  );
}

function SaveLine({ composition, editor }: Pick<CompositionPanelProps, "composition" | "editor">): ReactElement {
  const { save } = editor;
  return (
    <div className="flex min-h-5 items-center text-meta text-muted">
      {save.kind === "failed" ? (
        <div role="alert" className="grid justify-items-start gap-1">
          <p className="text-bad [overflow-wrap:anywhere]">Not done: {save.message}</p>
          <Button kind="quiet" onClick={editor.dismiss} className="-ml-2.5">
            Dismiss
          </Button>
        </div>
      ) : (
        <p role="status">{save.kind === "saving" ? "Saving…" : <Saved at={composition.changedAt} />}</p>
      )}
    </div>
  );
}

/** Its own component, since the time makes it new every second; the age is not read out each time. */
function Saved({ at }: { at: number }): ReactElement {
  const age = Math.max(0, useNow() - at);
  return (
    <>
      Saved <span aria-hidden="true">{age < 1_000 ? "just now" : `${formatElapsed(age)} ago`}</span>
    </>
  );
}

/** Variations that have gone on since; their new work is taken when the person says so. */
function Outdated({ run, composition, editor }: Pick<CompositionPanelProps, "run" | "composition" | "editor">): ReactElement | null {
  const { number, version, sources } = composition;
  const commits = run.variations.map(({ snapshot }, index) => snapshot?.commit ?? sources[index] ?? null);
  const moved = commits.some((commit, index) => commit !== sources[index]);
  const { data } = useQuery({
    queryKey: ["composition", run.runId, number, version, ...commits],
    queryFn: () => getComposition(run.runId, number),
    enabled: moved,
    staleTime: Infinity,
  });
  if (!moved || data === undefined || data.outdated.length === 0) return null;
  const names = data.outdated.map(variationLetter).join(", ");
  return (
    <div role="status" className="grid gap-2 border-line border-b bg-raised px-4 py-3 text-meta">
      <p>
        <b>{names}</b> {data.outdated.length === 1 ? "has" : "have"} gone on since. This composition stays as it is.
      </p>
      {data.stale.length > 0 && (
        <p className="text-warn [overflow-wrap:anywhere]">
          ⚠ Of what is taken, this is not there any more: {data.stale.map(({ path, rows }) => `${path} (${rows.length})`).join(", ")}.
        </p>
      )}
      <Button onClick={() => void editor.change({ refresh: true })} className="justify-self-start">
        Take {names}’s newest state
      </Button>
    </div>
  );
}

function Origins({ composition, wouldConflict }: Pick<CompositionPanelProps, "composition" | "wouldConflict">): ReactElement {
  const { lines = [], hand = 0, agent = 0, variations = [] } = composition.snapshot ?? {};
  const counted = lines.flatMap((count, variation) => (count > 0 || variations.includes(variation) ? [{ variation, count }] : []));
  const others = [`${hand} by hand`, ...(agent > 0 ? [`${agent} by an agent`] : [])];
  const words = [...counted.map(({ variation, count }) => `${count} from ${variationLetter(variation)}`), ...others].join(", ");
  return (
    <div className="grid gap-2.5 border-line border-b px-4 py-3 text-meta">
      <div role="img" aria-label={`Lines by origin: ${words}`} className="flex h-1.5 gap-0.5">
        {counted.map(({ variation, count }) => (
          <i key={variation} data-v={variationLetter(variation)} style={{ flexGrow: count }} className="rounded-[1px] bg-v" />
        ))}
        {hand > 0 && <i style={{ flexGrow: hand }} className="rounded-[1px] bg-text" />}
        {agent > 0 && <i style={{ flexGrow: agent }} className="rounded-[1px] bg-faint" />}
      </div>
      <ul className="grid gap-1.5 tabular-nums">
        {counted.map(({ variation, count }) => (
          <li key={variation} className="flex items-center gap-2">
            <Letter variation={variation} /> <span className="flex-1">from {variationLetter(variation)}</span>
            <span className="text-muted">
              {count} {count === 1 ? "line" : "lines"}
            </span>
          </li>
        ))}
        {hand > 0 && (
          <li className="flex items-center gap-2">
            <HandMark /> <span className="flex-1">written by hand</span>
            <span className="text-muted">
              {hand} {hand === 1 ? "line" : "lines"}
            </span>
          </li>
        )}
        {agent > 0 && (
          <li className="flex items-center gap-2">
            <AgentMark /> <span className="flex-1">to fit it together</span>
            <span className="text-muted">
              {agent} {agent === 1 ? "line" : "lines"}
            </span>
          </li>
        )}
        {counted.length === 0 && hand === 0 && agent === 0 && (
          <li className="text-muted">It is the base so far: take hunks, or start from a variation.</li>
        )}
      </ul>
      <p className="flex">
        <span className="inline-flex flex-1 items-center gap-1.5 text-ok">
          <span aria-hidden="true" className="size-[7px] rounded-full bg-ok" />
          conflicts 0
        </span>
        <span className="text-muted tabular-nums">{wouldConflict === 0 ? "" : `${wouldConflict} left out would conflict`}</span>
      </p>
    </div>
  );
}
