import type { Choice } from "./compose";
import { excludeEachOther, type Placed } from "./exclude";
import { allPicks, meetingLines, type PickedLines, withoutPicks } from "./line-picks";
import type { ClusterOutline, FileOutline, RowOutline } from "./outline";

/** A row's version that can be ticked, or some of its lines. */
export interface Tick {
  row: RowOutline;
  cluster: ClusterOutline;
  lines?: PickedLines;
}

/** What is ticked by these choices, in their order; what names nothing that is there is left out. */
export function ticksOf(file: FileOutline, choices: readonly Choice[]): Tick[] {
  return choices.flatMap((choice) => {
    const row = file.rows.find(({ id }) => id === choice.row);
    const cluster = row?.clusters.find((one) =>
      "cluster" in choice ? one.id === choice.cluster : one.variations.includes(choice.variation),
    );
    if (row === undefined || cluster === undefined) return [];
    return [choice.lines === undefined ? { row, cluster } : { row, cluster, lines: choice.lines }];
  });
}

/** The choices that make a file what a variation (null: the base) made of it. */
export function choicesFrom(file: FileOutline, variation: number | null): Choice[] {
  if (variation === null) return [];
  return file.rows.flatMap((row) => {
    const cluster = row.clusters.find(({ variations }) => variations.includes(variation));
    return cluster === undefined ? [] : [{ row: row.id, cluster: cluster.id }];
  });
}

/** What is ticked already and would have to go for this one. */
export function inTheWay(ticks: readonly Tick[], wanted: Tick): Tick[] {
  return ticks.filter((tick) => !isOf(tick, wanted) && excludeEachOther(placed(tick), placed(wanted)));
}

/** How much of a version is ticked. */
export function tickedOf(ticks: readonly Tick[], wanted: Tick): "all" | "some" | "none" {
  const tick = ticks.find((one) => isOf(one, wanted));
  return tick === undefined ? "none" : tick.lines === undefined ? "all" : "some";
}

/** Takes all of one more, or takes it back once all of it is taken. What stands in the way goes only when it is to be replaced; otherwise nothing changes. */
export function toggleTick(ticks: readonly Tick[], wanted: Tick, { replace = false } = {}): Choice[] {
  const others = ticks.filter((tick) => !isOf(tick, wanted));
  if (tickedOf(ticks, wanted) === "all") return choicesIn(others);
  const blocking = inTheWay(others, wanted);
  if (blocking.length > 0 && !replace) return choicesIn(ticks);
  return choicesIn([...others.filter((tick) => !blocking.includes(tick)), { row: wanted.row, cluster: wanted.cluster }]);
}

/**
 * Takes exactly these lines of a version, where it already stands among the ticks if it does; all of them are the version, none takes it back.
 * Of what stands in the way only the lines go that touch the same lines of the base, and nothing where they are not known.
 */
export function pickLines(ticks: readonly Tick[], { row, cluster }: Tick, lines: PickedLines): Choice[] {
  const count = lines.removed.length + lines.added.length;
  const whole = lines.removed.length === cluster.removed && lines.added.length === cluster.added;
  const wanted: Tick = whole ? { row, cluster } : { row, cluster, lines };
  if (count === 0) return choicesIn(ticks.filter((tick) => !isOf(tick, wanted)));
  const known = ticks.findIndex((tick) => isOf(tick, wanted));
  const placedTicks = known === -1 ? [...ticks, wanted] : ticks.with(known, wanted);
  return choicesIn(placedTicks.flatMap((tick) => (tick === wanted ? [tick] : besides(tick, wanted))));
}

/** What of a tick can stay when this one is taken. */
function besides(tick: Tick, wanted: Tick): Tick[] {
  if (!excludeEachOther(placed(tick), placed(wanted))) return [tick];
  const [mine, theirs] = [tick.cluster.pieces, wanted.cluster.pieces];
  if (mine === undefined || theirs === undefined || tick.row.id !== wanted.row.id || wanted.lines === undefined) return [];
  const lost = meetingLines({ pieces: mine, lines: tick.lines }, { pieces: theirs, lines: wanted.lines });
  const left = withoutPicks(tick.lines ?? allPicks(mine), lost);
  return left.removed.length + left.added.length === 0 ? [] : [{ ...tick, lines: left }];
}

export function choicesIn(ticks: readonly Tick[]): Choice[] {
  return ticks.map(({ row, cluster, lines }) => ({ row: row.id, cluster: cluster.id, ...(lines !== undefined && { lines }) }));
}

function isOf(one: Tick, other: Tick): boolean {
  return one.row.id === other.row.id && one.cluster.id === other.cluster.id;
}

function placed({ row, cluster, lines }: Tick): Placed {
  return { row, cluster, lines };
}
