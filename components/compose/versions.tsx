import { type ReactElement, useMemo } from "react";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import type { PickedLines } from "@/lib/compare/line-picks";
import type { MapCluster, MapRow } from "@/lib/protocol/map";
import { letterList } from "@/lib/run/letters";
import { variationLetter } from "@/lib/run/select";
import { HunkLines } from "./hunk-lines";
import { isPicked, picksOf, shownLines } from "./hunk-texts";
import { Letters } from "./letters";

interface VersionsProps {
  row: MapRow;
  /** What is taken of it, by cluster; without lines: all of it. */
  taken: readonly { cluster: string; lines?: PickedLines }[];
  /** What these lines of a cluster would replace, in words; undefined: nothing. */
  replaces: (cluster: string, lines: PickedLines) => string | undefined;
  onTake: (cluster: string) => void;
  onPick: (cluster: string, lines: PickedLines) => void;
  onBase: () => void;
}

/** What each says in one place: the base, and every version that variations made of it. */
export function Versions({ row, taken, replaces, onTake, onPick, onBase }: VersionsProps): ReactElement {
  return (
    <ul
      aria-label="Versions of this hunk"
      className="flex max-h-60 shrink-0 divide-x divide-line overflow-auto border-line-strong border-b bg-panel"
    >
      {row.kind === "lines" && (
        <li className="min-w-52 flex-1">
          <div className="sticky top-0 flex h-8 items-center gap-2 bg-panel px-2.5 text-meta text-muted">
            <span className="rounded bg-hover px-1.5 font-mono font-semibold text-[11px] leading-[18px]">base</span>
            <span className="flex-1" />
            {taken.length === 0 ? (
              <Taken />
            ) : (
              <Button kind="quiet" onClick={onBase} className="h-6">
                Keep base
              </Button>
            )}
          </div>
          <Lines text={row.text ?? ""} sign=" " empty="nothing here" />
        </li>
      )}
      {row.clusters.map((cluster) => (
        <Version
          key={`${row.id} ${cluster.id}`}
          row={row}
          cluster={cluster}
          taken={taken.find((one) => one.cluster === cluster.id)}
          replaces={replaces}
          onTake={onTake}
          onPick={onPick}
        />
      ))}
    </ul>
  );
}

interface VersionProps extends Pick<VersionsProps, "row" | "replaces" | "onTake" | "onPick"> {
  cluster: MapCluster;
  taken: VersionsProps["taken"][number] | undefined;
}

/** One version: taken as a whole with its button, or line by line. */
function Version({ row, cluster, taken, replaces, onTake, onPick }: VersionProps): ReactElement {
  const letters = letterList(cluster.variations);
  const state = taken === undefined ? "none" : taken.lines === undefined ? "all" : "some";
  const lines = useMemo(() => shownLines(row, cluster), [row, cluster]);
  const ticked = lines?.map((line) => isPicked(line, state, taken?.lines)) ?? [];
  const warnings = lines?.map((line, at) => (line.kind === "kept" || ticked[at] ? undefined : replaces(cluster.id, picksOf(line)))) ?? [];
  const count = ticked.filter(Boolean).length;
  return (
    <li data-v={variationLetter(cluster.variations[0] ?? 0)} className="min-w-52 flex-1 shadow-[inset_0_2px_var(--v)]">
      <div className="sticky top-0 left-0 z-1 flex h-8 items-center gap-2 bg-panel px-2.5 text-meta text-muted shadow-[inset_0_2px_var(--v)]">
        <Letters variations={cluster.variations} />
        {state === "some" && (
          <span className="tabular-nums">
            {count} of {cluster.added + cluster.removed} lines
          </span>
        )}
        <span className="flex-1" />
        {state === "all" ? (
          <Taken />
        ) : (
          <Button onClick={() => onTake(cluster.id)} className="h-6">
            Take {state === "some" ? `all of ${letters}` : letters}
          </Button>
        )}
      </div>
      {lines === undefined ? (
        <ClusterText row={row} cluster={cluster} />
      ) : (
        // Apart from the column, whose head stays in sight of the list.
        <div className="overflow-x-auto overflow-y-hidden">
          <HunkLines
            label={`Lines of ${letters}`}
            lines={lines}
            ticked={ticked}
            warnings={warnings}
            onPick={(picked) => onPick(cluster.id, picked)}
          />
        </div>
      )}
    </li>
  );
}

function Taken(): ReactElement {
  return (
    <span className="inline-flex items-center gap-1.5 text-ok">
      <span aria-hidden="true" className="size-[7px] rounded-full bg-ok" />
      taken
    </span>
  );
}

function ClusterText({ row, cluster }: { row: MapRow; cluster: MapCluster }): ReactElement {
  switch (cluster.kind) {
    case "deleted":
      return <p className="px-2.5 pb-2 text-meta text-muted">deletes the file</p>;
    case "path":
      return <p className="px-2.5 pb-2 font-mono text-meta [overflow-wrap:anywhere]">moves it to {cluster.text}</p>;
    case "mode":
      return <p className="px-2.5 pb-2 font-mono text-meta">mode {cluster.text}</p>;
    case "content":
      return <p className="px-2.5 pb-2 font-mono text-meta [overflow-wrap:anywhere]">another content: {cluster.text?.slice(0, 200)}</p>;
    case "lines":
      return (
        <>
          {row.text !== null && row.text !== "" && <Lines text={row.text} sign="−" />}
          <Lines text={cluster.text ?? ""} sign="+" empty="nothing in their place" />
          {cluster.truncated && <p className="px-2.5 pb-2 text-[11px] text-muted">The rest is left out here.</p>}
        </>
      );
  }
}

const looks = { "+": "bg-add text-add-text", "−": "bg-del text-del-text", " ": "text-muted" };
const NAMES = { "+": "Added lines", "−": "Removed lines", " ": "Lines of the base" };

function Lines({ text, sign, empty }: { text: string; sign: keyof typeof looks; empty?: string }): ReactElement {
  if (text === "") return <p className="px-2.5 pb-2 text-[11px] text-muted">{empty}</p>;
  const lines = text.replace(/\n$/, "").split("\n");
  return (
    // What scrolls must be reachable by keyboard.
    <div tabIndex={0} role="group" aria-label={NAMES[sign]} className="overflow-x-auto overflow-y-hidden focus-visible:-outline-offset-2">
      <pre className={cx("min-w-max text-[11.5px] leading-[18px]", looks[sign])}>
        {lines.map((line, at) => (
          // Lines of a text have no other name than their place.
          <span key={at} className="block min-h-[18px] px-2.5">
            {sign} {line}
          </span>
        ))}
      </pre>
    </div>
  );
}
