import type { Choice } from "@/lib/compare/compose";
import type { FileOutline } from "@/lib/compare/outline";
import { choicesFrom, inTheWay, type Tick, ticksOf } from "@/lib/compare/ticks";
import type { MapRow } from "@/lib/protocol/map";
import type { Composition } from "@/lib/run/composition";
import type { FitTask, SeamCheck, SeamConflict, SeamText } from "@/lib/run/fit-message";
import { variationLetter } from "@/lib/run/select";
import type { RunState } from "@/lib/run/state";
import { compositionHead } from "@/lib/run/trees";
import { fileAnswer } from "../compare/file-answer";
import type { MapSides } from "../compare/map-service";
import { PROVENANCE_TRAILER } from "../landing/landing-message";
import { partsOf } from "./build-tree";
import type { ComposeTools } from "./map-of-file";
import { type PlaceOf, placesOf } from "./places";
import { provenanceLines } from "./provenance-lines";

/** Where a composition may not fit together: what it is made of, what excludes each other in it, what fails. */
export type Seams = Omit<FitTask, "prompt" | "wish">;

/** Looks for the seams of a composition as it is now. Its paths are the files that it changes and those where something conflicts. */
export async function findSeams(tools: ComposeTools, run: RunState, composition: Composition, sides: MapSides): Promise<Seams> {
  const { runId } = run;
  const { from, files, snapshot } = composition;
  const parts = provenanceLines(await partsOf(tools, runId, { sides, from, files }));
  const placeOf = await placesOf(tools, runId, composition, sides);
  const conflicts = await findConflicts(tools, runId, { composition, sides, placeOf });
  const touched = snapshot === undefined ? [] : (await tools.git.diff(runId, sides.base, snapshot.commit)).files;
  const paths = new Set([...touched.flatMap(({ path, oldPath = path }) => [path, oldPath]), ...conflicts.map(({ path }) => path)]);
  return {
    parts: parts.map((line) => line.slice(PROVENANCE_TRAILER.length + 2)),
    conflicts,
    failing: failingChecks(run, composition),
    paths: [...paths].sort(),
  };
}

interface Composed {
  composition: Composition;
  sides: MapSides;
  placeOf: PlaceOf;
}

/** What those whose work is in it said in other words at a place that the composition has already. */
async function findConflicts(tools: ComposeTools, runId: string, composed: Composed): Promise<SeamConflict[]> {
  const { composition, sides, placeOf } = composed;
  const { from, files, snapshot } = composition;
  const credited = new Set(snapshot?.variations);
  const changed = new Map((await tools.maps.changedFiles(runId, sides)).map((file) => [file.path, file]));
  const found: SeamConflict[] = [];
  for (const outline of await tools.maps.outlines(runId, sides)) {
    const file = changed.get(outline.path);
    if (file === undefined || files[outline.path]?.put !== undefined) continue;
    const pairs = pairsIn(outline, files[outline.path]?.choices ?? choicesFrom(outline, from), credited);
    if (pairs.length === 0) continue;
    const { rows } = fileAnswer(file, await tools.maps.mapOf(runId, outline.path, sides), sides);
    const textOf = ({ row, cluster }: Tick): SeamText => ({
      letters: cluster.variations.map(variationLetter).join(" and "),
      text: textIn(rows, row.id, cluster.id),
    });
    for (const { taken, left } of pairs) {
      const { start, end, kind } = left.row;
      const lines = start === end ? `after line ${start} of the base` : `lines ${start + 1}–${end} of the base`;
      const place = kind !== "lines" ? "the whole file" : outline.inBase ? lines : "a new file";
      found.push({ path: placeOf(outline.path) ?? outline.path, place, taken: textOf(taken), left: textOf(left) });
    }
  }
  return found;
}

/** Pairs of what is taken and what was left out for it, of the variations that count. */
export function pairsIn(outline: FileOutline, choices: readonly Choice[], credited: ReadonlySet<number>): { taken: Tick; left: Tick }[] {
  const ticks = ticksOf(outline, choices);
  const ticked = new Set(ticks.map(({ cluster }) => cluster));
  const others = outline.rows.flatMap((row) => row.clusters.map((cluster) => ({ row, cluster })));
  return others.flatMap((left) => {
    const counts = !ticked.has(left.cluster) && left.cluster.variations.some((variation) => credited.has(variation));
    const [taken] = counts ? inTheWay(ticks, left) : [];
    return taken === undefined ? [] : [{ taken, left }];
  });
}

function textIn(rows: readonly MapRow[], row: string, cluster: string): string | null {
  return rows.find(({ id }) => id === row)?.clusters.find(({ id }) => id === cluster)?.text ?? null;
}

/** From the newest report on exactly this tree; none: nothing is known. */
function failingChecks({ checks }: RunState, { number, snapshot }: Composition): SeamCheck[] {
  const head = compositionHead(number);
  return checks.runs.flatMap(({ target, tree, status, name, command, outcome }) => {
    if (target !== head || tree !== snapshot?.tree || status !== "failed" || outcome === undefined) return [];
    const tests = (outcome.tests?.failing ?? []).map((test) => [test.file, test.name, test.message].filter(Boolean).join(": "));
    const findings = (outcome.findings?.first ?? []).map(({ file, line, rule, message }) => `${file}:${line} ${rule}: ${message}`);
    return [{ name, command, named: [...tests, ...findings].map((line) => line.split("\n")[0] ?? ""), tail: outcome.tail }];
  });
}
