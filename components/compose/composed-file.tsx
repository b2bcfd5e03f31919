"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { type ReactElement, useMemo, useRef, useState } from "react";
import type { DiffEditorHandle } from "@/components/diff/diff-editor";
import { viewSettings } from "@/components/diff/view-settings";
import { Button } from "@/components/ui/button";
import { Key } from "@/components/ui/key";
import { getComposedFile } from "@/lib/client/composition-api";
import type { Choice } from "@/lib/compare/compose";
import type { PickedLines } from "@/lib/compare/line-picks";
import type { FileOutline } from "@/lib/compare/outline";
import { choicesIn, inTheWay, pickLines, type Tick, ticksOf, toggleTick } from "@/lib/compare/ticks";
import type { ComposedFileResponse } from "@/lib/protocol/compositions";
import { letterList } from "@/lib/run/letters";
import { variationLetter } from "@/lib/run/select";
import type { ComposedEditorHandle } from "./composed-editor";
import { namesOf } from "./hunk-words";
import { Letters } from "./letters";
import { Versions } from "./versions";

const ResultEditor = dynamic(() => import("./result-editor").then((module) => module.ResultEditor), {
  ssr: false,
  loading: () => <p className="p-4 text-muted">Loading…</p>,
});
const TextDiff = dynamic(() => import("@/components/diff/text-diff").then((module) => module.TextDiff), {
  ssr: false,
  loading: () => <p className="p-4 text-muted">Loading…</p>,
});

interface ComposedFileProps {
  runId: string;
  number: number;
  version: number;
  path: string;
  row: string | undefined;
  /** Undefined: no variation changed it. */
  outline: FileOutline | undefined;
  choices: readonly Choice[];
  onTake: (file: FileOutline, choices: Choice[]) => void;
  onText: (path: string, text: string | null) => void;
  onStep: (by: -1 | 1) => void;
  /** `2 of 4` */
  position: string;
}

const views = ["Three-way", "Result", "Against base"] as const;
type View = (typeof views)[number];

/** One file: what there is to take in the hunk at hand, and what comes of it, which can be written in. */
export function ComposedFile(props: ComposedFileProps): ReactElement {
  const { runId, number, version, path, row, outline, choices, onTake, onText, onStep, position } = props;
  const [view, setView] = useState<View>("Three-way");
  const file = useQuery({
    queryKey: ["composed", runId, number, path, version],
    queryFn: () => getComposedFile(runId, number, path),
    staleTime: Infinity,
    placeholderData: (before, query) => (query?.queryKey[3] === path ? keepPreviousData(before) : undefined),
  });
  const { data } = file;
  const shownRow = data?.map?.rows.find(({ id }) => id === row) ?? data?.map?.rows[0];
  const ticks = outline === undefined ? [] : ticksOf(outline, choices);
  const inRow = ticks.filter((tick) => tick.row.id === shownRow?.id);
  const tickOf = (cluster: string): Tick | undefined =>
    (outline === undefined ? [] : ticksOf(outline, [{ row: shownRow?.id ?? "", cluster }]))[0];
  const take = (cluster: string): void => {
    const wanted = tickOf(cluster);
    if (outline !== undefined && wanted !== undefined) onTake(outline, toggleTick(ticks, wanted, { replace: true }));
  };
  const pick = (cluster: string, lines: PickedLines): void => {
    const wanted = tickOf(cluster);
    if (outline === undefined || wanted === undefined) return;
    const next = pickLines(ticks, wanted, lines);
    // Walking over what is ticked already changes nothing.
    if (JSON.stringify(next) !== JSON.stringify(choicesIn(ticks))) onTake(outline, next);
  };
  const replaces = (cluster: string, lines: PickedLines): string | undefined => {
    const wanted = tickOf(cluster);
    const blocking = wanted === undefined ? [] : inTheWay(ticks, { ...wanted, lines });
    return blocking.length === 0 ? undefined : `takes the place of a line of ${namesOf(blocking, outline?.inBase ?? true)}`;
  };

  return (
    <section
      aria-labelledby="composed-path"
      className="flex min-h-0 min-w-0 flex-col max-[900px]:order-1 max-[900px]:border-line max-[900px]:border-t"
    >
      <div className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-line border-b px-4 py-1">
        <h2 id="composed-path" title={path} className="min-w-0 truncate font-medium font-mono text-meta">
          {path}
        </h2>
        {position !== "" && <p className="text-meta text-muted tabular-nums">hunk {position}</p>}
        {data?.new_path === null && <p className="text-meta text-warn">not in the composition</p>}
        {data?.new_path != null && data.new_path !== path && (
          <p className="min-w-0 truncate text-meta text-muted">
            moved to <code>{data.new_path}</code>
          </p>
        )}
        <span className="flex-1" />
        <span className="flex gap-1">
          <Button kind="quiet" onClick={() => onStep(-1)} title="Previous hunk  [">
            <span className="sr-only">Previous hunk</span>
            <Key>[</Key>
          </Button>
          <Button kind="quiet" onClick={() => onStep(1)} title="Next hunk  ]">
            <span className="sr-only">Next hunk</span>
            <Key>]</Key>
          </Button>
        </span>
        <fieldset aria-label="View" className="inline-flex overflow-hidden rounded-md border border-line-strong">
          {views.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={view === one}
              onClick={() => setView(one)}
              className="h-6 px-2.5 text-meta text-muted focus-visible:-outline-offset-2 aria-pressed:bg-hover aria-pressed:text-text"
            >
              {one}
            </button>
          ))}
        </fieldset>
      </div>
      {view === "Three-way" && shownRow !== undefined && outline !== undefined && (
        <Versions
          row={shownRow}
          taken={inRow.map(({ cluster, lines }) => ({ cluster: cluster.id, lines }))}
          replaces={replaces}
          onTake={take}
          onPick={pick}
          onBase={() => onTake(outline, choicesIn(ticks.filter((tick) => tick.row.id !== shownRow.id)))}
        />
      )}
      {file.error !== null ? (
        <div role="alert" className="grid justify-items-start gap-2 p-4">
          <p>{file.error.message}</p>
          <Button onClick={() => void file.refetch()}>Try again</Button>
        </div>
      ) : data === undefined ? (
        <p className="p-4 text-muted">Loading…</p>
      ) : data.text === null ? (
        <p className="p-4 text-muted">
          {data.binary
            ? "This file has no lines: it is taken whole."
            : "There is no such file in the composition. Take a version of it to have it."}
        </p>
      ) : view === "Against base" ? (
        <AgainstBase file={data} text={data.text} />
      ) : (
        <Result file={data} text={data.text} row={shownRow?.id} name={`${number} ${path}`} onText={onText} />
      )}
    </section>
  );
}

function Result({
  file,
  text,
  row,
  name,
  onText,
}: {
  file: ComposedFileResponse;
  text: string;
  row: string | undefined;
  name: string;
  onText: ComposedFileProps["onText"];
}): ReactElement {
  const { path, origins, new_path, edited, version } = file;
  const handle = useRef<ComposedEditorHandle>(undefined);
  const [line, setLine] = useState(1);
  const content = useMemo(
    () => ({ key: name, path: new_path ?? path, text, origins, version }),
    [name, path, new_path, text, origins, version],
  );
  const here = origins.find(({ start, end }) => start <= line && line <= end);
  const from =
    here === undefined ? "the base" : here.agent ? "an agent" : here.variations.length === 0 ? "your hand" : letterList(here.variations);
  return (
    <>
      <div className="flex min-h-8 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-line border-b px-4 py-1 text-meta text-muted">
        <b className="font-semibold text-text">Result</b>
        <span className="max-[900px]:hidden">edit freely; your lines are marked ✎</span>
        <span className="flex-1" />
        {edited && (
          <Button kind="quiet" onClick={() => onText(path, null)} className="h-6">
            {file.base === null && file.map === null
              ? "Remove this file"
              : origins.some(({ agent }) => agent)
                ? "Take edits back"
                : "Take hand edits back"}
          </Button>
        )}
        <Counts file={file} />
        <span className="tabular-nums">
          line {line} from {from}
        </span>
      </div>
      <div className="min-h-0 flex-1 max-[900px]:h-[40vh] max-[900px]:flex-none" data-row={row}>
        <ResultEditor
          content={content}
          onLine={setLine}
          onEdit={(key, next) => onText(key.slice(key.indexOf(" ") + 1), next)}
          handleRef={handle}
        />
      </div>
    </>
  );
}

/** How many lines are from whom. */
function Counts({ file: { origins } }: { file: ComposedFileResponse }): ReactElement {
  const counts = new Map<string, { variations: number[]; agent?: true; lines: number }>();
  for (const { start, end, variations, agent } of origins) {
    const key = agent ? "agent" : variations.join();
    const entry = counts.get(key) ?? { variations, agent, lines: 0 };
    counts.set(key, { ...entry, lines: entry.lines + end - start + 1 });
  }
  return (
    <ul aria-label="Lines by origin" className="flex gap-2.5 tabular-nums">
      {[...counts].map(([key, { variations, agent, lines }]) => (
        <li
          key={key}
          data-v={variations[0] === undefined ? undefined : variationLetter(variations[0])}
          className="inline-flex items-center gap-1"
        >
          <Letters variations={variations} agent={agent} /> {lines} {lines === 1 ? "line" : "lines"}
        </li>
      ))}
    </ul>
  );
}

function AgainstBase({ file, text }: { file: ComposedFileResponse; text: string }): ReactElement {
  const handle = useRef<DiffEditorHandle>(undefined);
  const { path, new_path, base, origins } = file;
  const changedLines = origins.reduce((sum, { start, end }) => sum + end - start + 1, 0);
  return (
    <div className="min-h-0 flex-1 max-[900px]:h-[60vh] max-[900px]:flex-none">
      <TextDiff
        content={{ file: path, path: new_path ?? path, oldPath: path, left: base ?? "", right: text, changedLines }}
        start="first"
        jump={0}
        settings={viewSettings.get()}
        label={`${path}: base and composition`}
        onChanges={() => undefined}
        onLine={() => undefined}
        onShown={() => undefined}
        handleRef={handle}
      />
    </div>
  );
}
