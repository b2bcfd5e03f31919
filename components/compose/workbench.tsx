"use client";

import { useQuery } from "@tanstack/react-query";
import { type ReactElement, type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import { type Command, isTaken, type Shortcut, useCommands } from "@/components/palette/registry";
import { Button } from "@/components/ui/button";
import { Key } from "@/components/ui/key";
import { useIsApple } from "@/components/ui/use-is-apple";
import { deleteComposition, getHunks } from "@/lib/client/composition-api";
import type { RunStore } from "@/lib/client/run-store";
import type { Choice } from "@/lib/compare/compose";
import type { FileOutline } from "@/lib/compare/outline";
import { inTheWay, tickedOf, ticksOf, toggleTick } from "@/lib/compare/ticks";
import type { Composition } from "@/lib/run/composition";
import { fitOf } from "@/lib/run/fit-state";
import { variationLetter } from "@/lib/run/select";
import type { RunState, TreeSource } from "@/lib/run/state";
import { ComposedFile } from "./composed-file";
import { CompositionPanel } from "./composition-panel";
import { FIT_HEADING, FitSection } from "./fit-section";
import { FitView } from "./fit-view";
import { HunkList } from "./hunk-list";
import { NewFile } from "./new-file";
import { useComposition } from "./use-composition";

interface WorkbenchProps {
  run: RunState;
  store: RunStore;
  composition: Composition;
  picker: ReactNode;
  onLand: (what: TreeSource) => void;
}

const NO_FILES: readonly FileOutline[] = [];
const group = "Compose";
const shortcuts: readonly Shortcut[] = [
  { keys: "1 – 5", what: "Take this hunk from A to E; again to leave it", group },
  { keys: "Ctrl Z / ⌘ Z", what: "Undo; with ⇧ redo (in the editor: what was typed)", group },
];

/** A composition at work: hunks on the left, the file at hand in the middle, what it is made of on the right. */
export function Workbench({ run, store, composition, picker, onLand }: WorkbenchProps): ReactElement {
  const { number, version, sources, from } = composition;
  const editor = useComposition(run.runId, composition);
  const isApple = useIsApple();
  const [place, setPlaceOnly] = useState<{ path: string; row?: string }>();
  const [fitting, setFitting] = useState(false);
  const fit = fitOf(run, number);
  const showsFit = fitting && fit !== undefined && fit.decision === undefined;
  const setPlace = useCallback((next: { path: string; row?: string }) => {
    setFitting(false);
    setPlaceOnly(next);
  }, []);
  const hunks = useQuery({
    queryKey: ["hunks", run.runId, ...sources],
    queryFn: () => getHunks(run.runId, number),
    staleTime: Infinity,
  });
  const changed = hunks.data?.files;
  const files = useMemo(
    () => (changed === undefined ? NO_FILES : [...changed, ...madeByHand(changed, composition.files)]),
    [changed, composition.files],
  );
  const steps = useMemo(() => files.flatMap(({ path, rows }) => rows.map(({ id }) => ({ path, row: id }))), [files]);
  const path = (files.find((file) => file.path === place?.path) ?? files[0])?.path;
  const outline = files.find((file) => file.path === path);
  const row = outline?.rows.find(({ id }) => id === place?.row) ?? outline?.rows[0];

  const { change } = editor;
  const onTake = useCallback(
    (file: FileOutline, choices: Choice[]) => void change({ files: [{ path: file.path, choices }] }, { path: file.path, choices }),
    [change],
  );
  const onOpen = useCallback((next: string, nextRow?: string) => setPlace({ path: next, row: nextRow }), [setPlace]);
  const onText = (changed: string, text: string | null): void => void editor.change({ files: [{ path: changed, text }] });
  const onStep = (by: -1 | 1): void => {
    const at = steps.findIndex((step) => step.path === path && step.row === row?.id);
    const next = steps[at + by];
    if (next !== undefined) setPlace(next);
  };
  const onLetter = (variation: number): void => {
    if (outline === undefined || row === undefined) return;
    const ticks = ticksOf(outline, editor.choicesOf(outline));
    const [wanted] = ticksOf(outline, [{ row: row.id, variation }]);
    if (wanted !== undefined) onTake(outline, toggleTick(ticks, wanted, { replace: true }));
  };
  useComposeKeys({ onStep, onLetter, undo: editor.undo, redo: editor.redo });

  const wouldConflict = files.reduce((sum, file) => {
    const ticks = ticksOf(file, editor.choicesOf(file));
    const left = file.rows
      .flatMap((one) => one.clusters.map((cluster) => ({ row: one, cluster })))
      .filter((tick) => tickedOf(ticks, tick) === "none");
    return sum + left.filter((tick) => inTheWay(ticks, tick).length > 0).length;
  }, 0);
  const beyond = hunks.data === undefined ? [] : Object.keys(composition.files).filter((one) => !files.some((file) => file.path === one));
  const at = row === undefined ? -1 : (outline?.rows.indexOf(row) ?? -1);

  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex min-h-9 shrink-0 flex-wrap items-center gap-2 border-line border-b px-4 py-1">
        {picker}
        <StartFrom run={run} from={from} sources={sources} onChange={(next) => void editor.change({ from: next })} />
        <NewFile
          onAdd={async (added) => {
            const answer = await editor.change({ files: [{ path: added, text: "", new: true }] });
            if (answer !== undefined) setPlace({ path: added });
            return answer !== undefined;
          }}
        />
        <span className="flex-1" />
        <Button kind="quiet" disabled={editor.undo === undefined} onClick={editor.undo}>
          Undo <Key className="max-[700px]:hidden">{isApple ? "⌘Z" : "Ctrl Z"}</Key>
        </Button>
        <Button kind="quiet" disabled={editor.redo === undefined} onClick={editor.redo}>
          Redo <Key className="max-[700px]:hidden">{isApple ? "⇧⌘Z" : "Ctrl ⇧ Z"}</Key>
        </Button>
      </div>
      <div className="grid min-h-0 flex-1 grid-cols-[336px_minmax(0,1fr)_276px] max-[1280px]:grid-cols-[290px_minmax(0,1fr)_244px] max-[900px]:flex max-[900px]:flex-col max-[900px]:overflow-y-auto max-[900px]:[&>*]:shrink-0">
        {hunks.error !== null ? (
          <div role="alert" className="grid content-start justify-items-start gap-2 p-4">
            <p>The hunks could not be loaded: {hunks.error.message}</p>
            <Button onClick={() => void hunks.refetch()}>Try again</Button>
          </div>
        ) : (
          <HunkList
            files={files}
            open={{ path: path ?? "", row: row?.id }}
            choicesOf={editor.choicesOf}
            edited={(one) => composition.files[one]?.edit !== undefined}
            onOpen={onOpen}
            onTake={onTake}
          />
        )}
        {showsFit ? (
          <FitView
            run={run}
            store={store}
            composition={composition}
            fit={fit}
            editor={editor}
            onClose={(taken) => {
              document.getElementById(FIT_HEADING)?.focus();
              if (taken === undefined) setFitting(false);
              else setPlace({ path: taken });
            }}
          />
        ) : path === undefined ? (
          <p className="p-4 text-muted">{hunks.isPending ? "Loading…" : "There is nothing to take: no variation changed anything."}</p>
        ) : (
          <ComposedFile
            runId={run.runId}
            number={number}
            version={version}
            path={path}
            row={row?.id}
            outline={outline}
            choices={outline === undefined ? [] : editor.choicesOf(outline)}
            onTake={onTake}
            onText={onText}
            onStep={onStep}
            position={at === -1 ? "" : `${at + 1} of ${outline?.rows.length}`}
          />
        )}
        <CompositionPanel
          run={run}
          composition={composition}
          editor={editor}
          wouldConflict={wouldConflict}
          fit={
            <FitSection
              run={run}
              store={store}
              composition={composition}
              editor={editor}
              open={showsFit}
              onOpen={setFitting}
              beyond={beyond}
              onFile={onOpen}
            />
          }
          onLand={onLand}
          onDelete={() => void deleteComposition(run.runId, number)}
        />
      </div>
    </div>
  );
}

/** Files that a person made, or wrote in, where no variation changed anything: there is nothing to tick in them. */
function madeByHand(changed: readonly FileOutline[], decided: Composition["files"]): FileOutline[] {
  const known = new Set(changed.map(({ path }) => path));
  const own = Object.entries(decided).filter(([path, { edit }]) => edit !== undefined && !known.has(path));
  return own.map(([path]) => ({ path, inBase: false, mark: "none", rows: [] }));
}

interface StartFromProps {
  run: RunState;
  from: number | null;
  sources: Composition["sources"];
  onChange: (from: number | null) => void;
}

/** What files without a decision are like. */
function StartFrom({ run, from, sources, onChange }: StartFromProps): ReactElement {
  return (
    <label className="flex items-center gap-2 text-meta text-muted">
      Start from
      <select
        value={from ?? "base"}
        onChange={(event) => onChange(event.target.value === "base" ? null : Number(event.target.value))}
        title="What files are like in which nothing was taken or left yet"
        className="h-[26px] rounded-md border border-line-strong bg-bg px-1 text-meta text-text"
      >
        <option value="base">base</option>
        {run.variations.map(({ index }) =>
          sources[index] == null ? null : (
            <option key={index} value={index}>
              {variationLetter(index)}
            </option>
          ),
        )}
      </select>
    </label>
  );
}

interface ComposeKeys {
  onStep: (by: -1 | 1) => void;
  onLetter: (variation: number) => void;
  undo: (() => void) | undefined;
  redo: (() => void) | undefined;
}

function useComposeKeys({ onStep, onLetter, undo, redo }: ComposeKeys): void {
  const letters = Array.from({ length: 5 }, (_, index): Command => {
    const title = `Take this hunk from ${variationLetter(index)}`;
    return { id: `take-${index}`, title, group, key: String(index + 1), keyOnly: true, unlisted: true, run: () => onLetter(index) };
  });
  useCommands(
    [
      { id: "hunk-previous", title: "Previous hunk", group, key: "[", repeats: true, keyOnly: true, run: () => onStep(-1) },
      { id: "hunk-next", title: "Next hunk", group, key: "]", repeats: true, keyOnly: true, run: () => onStep(1) },
      ...letters,
    ],
    shortcuts,
  );
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { key, ctrlKey, metaKey, altKey, shiftKey, target } = event;
      if (event.defaultPrevented || altKey || ctrlKey === metaKey || key.toLowerCase() !== "z" || isTaken(target)) return;
      event.preventDefault();
      if (shiftKey) redo?.();
      else undo?.();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [undo, redo]);
}
