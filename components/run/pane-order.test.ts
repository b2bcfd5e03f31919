import { describe, expect, it } from "vitest";
import { placePane, plainArrangement, repairArrangement, shownPanes, showPane, stepPane } from "./pane-order";

const three = plainArrangement(3);

describe("panes side by side", () => {
  it("moves a pane among those that are shown", () => {
    expect(stepPane(three, 0, 1).order).toEqual([1, 0, 2]);
    expect(stepPane(three, 0, -1)).toBe(three);
    expect(stepPane(three, 2, 1)).toBe(three);
    // B is hidden: A jumps over it.
    expect(shownPanes(stepPane(showPane(three, 1, false), 0, 1))).toEqual([2, 0]);
  });

  it("puts a pane before or after another one", () => {
    expect(placePane(three, 2, 0, "before").order).toEqual([2, 0, 1]);
    expect(placePane(three, 0, 2, "after").order).toEqual([1, 2, 0]);
    expect(placePane(three, 0, 1, "before")).toBe(three);
    expect(placePane(three, 1, 1, "after")).toBe(three);
  });

  it("hides panes, but never all of them", () => {
    const one = showPane(showPane(three, 0, false), 2, false);
    expect(shownPanes(one)).toEqual([1]);
    expect(showPane(one, 1, false)).toBe(one);
    expect(shownPanes(showPane(one, 0, true))).toEqual([0, 1]);
  });

  it("makes sense of what an older page or another hand has kept", () => {
    expect(repairArrangement(undefined, 3)).toEqual(three);
    expect(repairArrangement("x", 2)).toEqual(plainArrangement(2));
    expect(repairArrangement({ order: [2, 2, "a", 7, 0], hidden: [1, -1] }, 3)).toEqual({ order: [2, 0, 1], hidden: [1] });
    expect(repairArrangement({ order: [1, 0], hidden: [0, 1] }, 2)).toEqual({ order: [1, 0], hidden: [] });
  });
});
