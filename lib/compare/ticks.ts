import type { Choice } from "./compose";
import { excludeEachOther, type Placed } from "./exclude";
import type { ClusterOutline, FileOutline, RowOutline } from "./outline";

/** A row's version that can be ticked. */
export interface Tick {
  row: RowOutline;
  cluster: ClusterOutline;
}

/** What is ticked by these choices, in their order; what names nothing that is there is left out. */
export function ticksOf(file: FileOutline, choices: readonly Choice[]): Tick[] {
  return choices.flatMap((choice) => {
    const row = file.rows.find(({ id }) => id === choice.row);
    const cluster = row?.clusters.find((one) =>
      "cluster" in choice ? one.id === choice.cluster : one.variations.includes(choice.variation),
    );
    return row === undefined || cluster === undefined ? [] : [{ row, cluster }];
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
  return ticks.filter((tick) => excludeEachOther(placed(tick), placed(wanted)));
}

export function isTicked(ticks: readonly Tick[], { row, cluster }: Tick): boolean {
  return ticks.some((tick) => tick.row.id === row.id && tick.cluster.id === cluster.id);
}

/** Takes one more, or takes it back. What stands in the way goes only when it is to be replaced; otherwise nothing changes. */
export function toggleTick(ticks: readonly Tick[], wanted: Tick, { replace = false } = {}): Choice[] {
  if (isTicked(ticks, wanted)) {
    return choicesIn(ticks.filter(({ row, cluster }) => row.id !== wanted.row.id || cluster.id !== wanted.cluster.id));
  }
  const blocking = inTheWay(ticks, wanted);
  if (blocking.length > 0 && !replace) return choicesIn(ticks);
  return choicesIn([...ticks.filter((tick) => !blocking.includes(tick)), wanted]);
}

export function choicesIn(ticks: readonly Tick[]): Choice[] {
  return ticks.map(({ row, cluster }) => ({ row: row.id, cluster: cluster.id }));
}

function placed({ row, cluster }: Tick): Placed {
  return { row, cluster };
}
