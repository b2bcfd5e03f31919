import { createStore, type StoreApi } from "zustand";
import { keepArrangement, keepWidths, readArrangement, readWidths } from "./kept-panes";
import { type Arrangement, placePane, plainArrangement, shownPanes, showPane, stepPane } from "./pane-order";

/** How the panes of one run are looked at in this page. */
export interface PaneState extends Arrangement {
  /** The pane that keys are for. */
  focused: number;
  /** The pane that fills the place of all. */
  maximised: number | undefined;
  /** Percentages from left to right of the panes that are shown; undefined: all the same. */
  widths: readonly number[] | undefined;
}

export interface PaneStore extends PaneState {
  focus(pane: number): void;
  /** The same pane again shows all. */
  maximise(pane: number): void;
  restore(): void;
  move(pane: number, by: -1 | 1): void;
  place(pane: number, beside: number, side: "before" | "after"): void;
  show(pane: number, shown: boolean): void;
  /** Makes sure that a pane can be seen, whatever is maximised or hidden. */
  reveal(pane: number): void;
  resize(widths: readonly number[]): void;
  /** Every pane, in the variations' order, all of one width. */
  reset(): void;
  /** Takes over what this browser remembers. The first state is the same on server and browser. */
  connect(): void;
}

/** The panes of one run; what is arranged by a person is remembered at once. */
export function createPaneStore(runId: string, count: number): StoreApi<PaneStore> {
  return createStore<PaneStore>()((set, get) => {
    const arrange = (next: Arrangement): void => {
      const state = get();
      if (next.order === state.order && next.hidden === state.hidden) return;
      const shown = shownPanes(next);
      const focused = shown.includes(state.focused) ? state.focused : (shown[0] ?? 0);
      const maximised = state.maximised !== undefined && shown.includes(state.maximised) ? state.maximised : undefined;
      const widths = moved(state, shown) ?? readWidths(shown.length);
      keepWidths(shown.length, widths);
      set({ order: next.order, hidden: next.hidden, widths, focused, maximised });
      keepArrangement(runId, next);
    };
    return {
      ...plainArrangement(count),
      focused: 0,
      maximised: undefined,
      widths: undefined,
      focus: (pane) => {
        if (pane !== get().focused && pane >= 0 && pane < count) set({ focused: pane });
      },
      maximise: (pane) => {
        if (pane >= count) return;
        arrange(showPane(get(), pane, true));
        set({ focused: pane, maximised: get().maximised === pane ? undefined : pane });
      },
      restore: () => set({ maximised: undefined }),
      move: (pane, by) => arrange(stepPane(get(), pane, by)),
      place: (pane, beside, side) => arrange(placePane(get(), pane, beside, side)),
      show: (pane, shown) => arrange(showPane(get(), pane, shown)),
      reveal: (pane) => {
        arrange(showPane(get(), pane, true));
        set({ focused: pane, maximised: get().maximised === undefined ? undefined : pane });
      },
      resize: (widths) => {
        keepWidths(widths.length, widths);
        set({ widths });
      },
      reset: () => {
        keepWidths(shownPanes(get()).length, undefined);
        keepWidths(count, undefined);
        arrange(plainArrangement(count));
        set({ widths: undefined, maximised: undefined });
      },
      connect: () => {
        const kept = readArrangement(runId, count);
        const shown = shownPanes(kept);
        const { focused } = get();
        set({ ...kept, widths: readWidths(shown.length), focused: shown.includes(focused) ? focused : (shown[0] ?? 0) });
      },
    };
  });
}

/** The same panes in another order take their widths along; undefined where other panes are shown than before. */
function moved({ order, hidden, widths }: PaneState, shown: readonly number[]): readonly number[] | undefined {
  const before = shownPanes({ order, hidden });
  if (widths === undefined || before.length !== shown.length) return undefined;
  const moved = shown.flatMap((pane) => widths[before.indexOf(pane)] ?? []);
  return moved.length === shown.length ? moved : undefined;
}
