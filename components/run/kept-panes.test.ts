import { beforeEach, describe, expect, it, vi } from "vitest";
import { keepArrangement, keepWidths, readArrangement, readWidths } from "./kept-panes";

/** A browser's storage, as far as it is used. */
let stored: Map<string, string>;
beforeEach(() => {
  stored = new Map();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  });
});

describe("what a browser remembers of the panes", () => {
  it("keeps order and hidden panes per run", () => {
    keepArrangement("one", { order: [2, 0, 1], hidden: [0] });
    keepArrangement("two", { order: [1, 0], hidden: [] });
    expect(readArrangement("one", 3)).toEqual({ order: [2, 0, 1], hidden: [0] });
    expect(readArrangement("two", 2)).toEqual({ order: [1, 0], hidden: [] });
    expect(readArrangement("three", 2)).toEqual({ order: [0, 1], hidden: [] });
  });

  it("forgets the runs that were arranged longest ago", () => {
    for (let run = 0; run < 60; run += 1) keepArrangement(`run-${run}`, { order: [1, 0], hidden: [] });
    expect(readArrangement("run-9", 2).order).toEqual([0, 1]);
    expect(readArrangement("run-10", 2).order).toEqual([1, 0]);
    expect(readArrangement("run-59", 2).order).toEqual([1, 0]);
  });

  it("keeps widths per number of panes, and only those that fill the page", () => {
    keepWidths(2, [30, 70]);
    keepWidths(3, [20, 30, 50]);
    expect(readWidths(2)).toEqual([30, 70]);
    expect(readWidths(3)).toEqual([20, 30, 50]);
    expect(readWidths(4)).toBeUndefined();
    keepWidths(2, undefined);
    expect(readWidths(2)).toBeUndefined();
    for (const wrong of ['{"3":[20,30]}', '{"3":[1,2,3]}', '{"3":["a","b","c"]}', "[]", "no json"]) {
      stored.set("aideator.panes.widths", wrong);
      expect(readWidths(3)).toBeUndefined();
    }
  });

  it("works where storage is blocked", () => {
    vi.stubGlobal("localStorage", {
      getItem: () => {
        throw new Error("blocked");
      },
      setItem: () => {
        throw new Error("blocked");
      },
    });
    keepArrangement("one", { order: [1, 0], hidden: [] });
    expect(readArrangement("one", 2).order).toEqual([0, 1]);
  });
});
