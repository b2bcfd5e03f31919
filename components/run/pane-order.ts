/** How a run's panes stand side by side. Both lists hold indices of variations. */
export interface Arrangement {
  /** Every variation once, from left to right. */
  order: readonly number[];
  /** Those that are not shown; never all of them. */
  hidden: readonly number[];
}

/** As many panes as variations, in their own order, all shown. */
export function plainArrangement(count: number): Arrangement {
  return { order: Array.from({ length: count }, (_, index) => index), hidden: [] };
}

/** What still makes sense of something that was kept: unknown variations go, missing ones are added at the end. */
export function repairArrangement(kept: unknown, count: number): Arrangement {
  const { order, hidden } = (typeof kept === "object" && kept !== null ? kept : {}) as Record<string, unknown>;
  const known = (list: unknown): number[] =>
    Array.isArray(list) ? [...new Set(list)].filter((item): item is number => Number.isInteger(item) && item >= 0 && item < count) : [];
  const told = known(order);
  const away = known(hidden);
  return {
    order: [...told, ...plainArrangement(count).order.filter((index) => !told.includes(index))],
    hidden: away.length < count ? away : [],
  };
}

/** The panes that are shown, from left to right. */
export function shownPanes({ order, hidden }: Arrangement): number[] {
  return order.filter((index) => !hidden.includes(index));
}

/** Moves a pane one place to the left (-1) or right (1) among those shown; the same arrangement where there is no such place. */
export function stepPane(arrangement: Arrangement, pane: number, by: -1 | 1): Arrangement {
  const shown = shownPanes(arrangement);
  const neighbour = shown[shown.indexOf(pane) + by];
  if (!shown.includes(pane) || neighbour === undefined) return arrangement;
  return placePane(arrangement, pane, neighbour, by === 1 ? "after" : "before");
}

/** Puts a pane directly before or after another one. */
export function placePane(arrangement: Arrangement, pane: number, beside: number, side: "before" | "after"): Arrangement {
  if (pane === beside) return arrangement;
  const others = arrangement.order.filter((index) => index !== pane);
  const at = others.indexOf(beside) + (side === "after" ? 1 : 0);
  const order = [...others.slice(0, at), pane, ...others.slice(at)];
  return order.every((index, place) => index === arrangement.order[place]) ? arrangement : { ...arrangement, order };
}

/** Shows or hides a pane; the last one that is shown stays. */
export function showPane(arrangement: Arrangement, pane: number, shown: boolean): Arrangement {
  const { hidden } = arrangement;
  if (shown) return hidden.includes(pane) ? { ...arrangement, hidden: hidden.filter((index) => index !== pane) } : arrangement;
  const only = shownPanes(arrangement).length === 1;
  return hidden.includes(pane) || only ? arrangement : { ...arrangement, hidden: [...hidden, pane] };
}
