"use client";

import { useMutation } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { Button } from "@/components/ui/button";
import { Letter } from "@/components/variation/letter";
import { createComposition } from "@/lib/client/composition-api";
import type { RunStore } from "@/lib/client/run-store";
import { sourceName, variationLetter } from "@/lib/run/select";
import type { RunState, TreeSource } from "@/lib/run/state";
import { Workbench } from "./workbench";

export interface ComposeViewProps {
  run: RunState;
  store: RunStore;
  onLand: (what: TreeSource) => void;
}

/** Putting a winner together from what several variations did. */
export function ComposeView({ run, store, onLand }: ComposeViewProps): ReactElement {
  const there = run.compositions.filter(({ deleted }) => !deleted);
  const [chosen, setChosen] = useState<number>();
  const [adding, setAdding] = useState(false);
  const composition = there.find(({ number }) => number === chosen) ?? there.at(-1);
  if (composition === undefined || adding) {
    return (
      <Begin
        run={run}
        onBegun={(number) => {
          setChosen(number);
          setAdding(false);
        }}
        onCancel={composition === undefined ? undefined : () => setAdding(false)}
      />
    );
  }
  return (
    <Workbench
      key={composition.number}
      run={run}
      store={store}
      composition={composition}
      onLand={onLand}
      picker={
        <span className="flex items-center gap-2">
          <select
            aria-label="Composition"
            value={composition.number}
            onChange={(event) => setChosen(Number(event.target.value))}
            className="h-[26px] max-w-44 rounded-md border border-line-strong bg-bg px-1 text-meta"
          >
            {there.map(({ number, name }) => (
              <option key={number} value={number}>
                {name ?? sourceName({ composition: number })}
              </option>
            ))}
          </select>
          <Button kind="quiet" onClick={() => setAdding(true)}>
            New…
          </Button>
        </span>
      }
    />
  );
}

/** What to start from: the base, or everything that one variation did. */
function Begin({
  run,
  onBegun,
  onCancel,
}: {
  run: RunState;
  onBegun: (number: number) => void;
  onCancel: (() => void) | undefined;
}): ReactElement {
  const [key] = useState(() => crypto.randomUUID());
  const begin = useMutation({
    mutationFn: (from: number | null) => createComposition(run.runId, { from }, `${key}-${from}`),
    onSuccess: ({ number }) => onBegun(number),
  });
  const withTree = run.variations.filter(({ snapshot }) => snapshot !== undefined);
  const waiting = begin.isPending;
  return (
    <div className="mx-auto grid w-full max-w-xl content-start gap-4 overflow-y-auto px-4 py-10">
      <h2 className="font-semibold text-[16px]">Compose a winner</h2>
      {withTree.length === 0 ? (
        <p className="text-muted">
          {run.base === undefined
            ? "The repository is still being fetched."
            : "No variation has changed anything yet. Come back when one has."}
        </p>
      ) : (
        <>
          <p className="text-muted">
            Take hunks, lines or whole files from any variation. What would conflict is said before you take it, and every line keeps its
            letter. What is it to start from?
          </p>
          <div className="flex flex-wrap gap-2">
            {withTree.map(({ index, snapshot }) => (
              <Button key={index} size="medium" disabled={waiting} onClick={() => begin.mutate(index)}>
                <Letter variation={index} /> Start from {variationLetter(index)}
                <span className="text-muted tabular-nums">
                  +{snapshot?.added} −{snapshot?.deleted}
                </span>
              </Button>
            ))}
            <Button size="medium" disabled={waiting || run.base === undefined} onClick={() => begin.mutate(null)}>
              Start from the base
            </Button>
            {onCancel !== undefined && (
              <Button kind="quiet" size="medium" onClick={onCancel}>
                Cancel
              </Button>
            )}
          </div>
          {begin.error !== null && (
            <p role="alert" className="text-bad">
              {begin.error.message}
            </p>
          )}
        </>
      )}
    </div>
  );
}
