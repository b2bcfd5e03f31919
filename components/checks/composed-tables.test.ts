import { describe, expect, it } from "vitest";
import { compositionConcerns } from "@/components/select/select-concerns";
import { CHECKED_RUN_ID } from "@/lib/run/__fixtures__/checked-five";
import { composedFive } from "@/lib/run/__fixtures__/composed-five";
import { breaksBase } from "@/lib/run/check-table";
import { runEventSchema } from "@/lib/run/events";
import { reduceRun } from "@/lib/run/reduce";
import { standingCompositions } from "@/lib/run/select";
import { emptyRun } from "@/lib/run/state";
import { crossGrid } from "./cross-grid";
import { gateLines, unchecked } from "./gate-lines";
import { ticksOfTarget, tickWords } from "./gate-ticks";

const events = composedFive();
const run = reduceRun(emptyRun(CHECKED_RUN_ID), events);
const lines = gateLines(run);
const cell = (label: string, target: string) => lines.find((one) => one.label === label)?.cells.find((one) => one.target === target);
const columns = ["a", "b", "c", "d", "e", "composition-1", "composition-2"];

it("is made of events that the schema knows", () => {
  for (const event of events) expect(runEventSchema.parse(event)).toEqual(event);
});

describe("compositions in the gates", () => {
  it("have a column each, after the variations, in every line", () => {
    for (const line of lines)
      expect(
        line.cells.map(({ target }) => target),
        line.label,
      ).toEqual(columns);
  });

  it("are held against the base, with their size; no agent's time and money is theirs", () => {
    expect(cell("Tests, base’s suite", "composition-1")).toMatchObject({ tone: "bad", value: "200", note: "1 broke", stale: false });
    expect(cell("Diff size", "composition-2")).toMatchObject({ value: "+20 −2", note: "2 files" });
    expect(cell("Duration", "composition-1")).toMatchObject({ mark: "none", value: "—" });
    expect(cell("Dollars", "composition-1")).toMatchObject({ mark: "none", value: "—" });
  });

  it("are of an older state once they moved on, and are asked to be run", () => {
    expect(cell("Tests, base’s suite", "composition-2")).toMatchObject({ value: "201", stale: true });
    expect(unchecked(run)).toContain("composition-2");
    expect(unchecked(run)).not.toContain("composition-1");
    const ticks = [1, 2].map((number) => {
      const one = run.compositions.find((composition) => composition.number === number);
      return tickWords(ticksOfTarget(run, `composition-${number}`, one?.snapshot?.tree));
    });
    expect(ticks[0]).toContain("tests failed");
    expect(ticks[1]).toContain("tests not known");
  });

  it("are gone from the tables with their deletion", () => {
    const deleted = reduceRun(run, [
      { runId: CHECKED_RUN_ID, seq: run.lastSeq + 1, at: 0, event: { type: "composition.deleted", number: 1, by: "you" } },
    ]);
    expect(gateLines(deleted)[0]?.cells.map(({ target }) => target)).toEqual(columns.filter((one) => one !== "composition-1"));
    expect(crossGrid(deleted).columns).not.toContain("composition-1");
  });
});

describe("compositions in the cross-tests", () => {
  it("are code that tests are tried on; their own tests are the variations'", () => {
    const grid = crossGrid(run);
    expect(grid.columns).toEqual(["base", ...columns]);
    expect(grid.rows.map(({ tests }) => tests)).toEqual(["a", "b", "c", "d", "e"]);
    const tried = grid.rows[0]?.cells.find(({ code }) => code === "composition-1");
    expect(tried).toMatchObject({ mark: "failed", text: "3/5", words: "A’s tests on Composition 1’s code: fails, 3 of 5 pass" });
  });
});

describe("selecting a composition", () => {
  const concerns = (number: number) => compositionConcerns(run, standingCompositions(run).find((one) => one.number === number) ?? never());

  it("says in red what it breaks of the base", () => {
    expect(breaksBase(run, "composition-1")).toMatchObject({ broken: 1 });
    expect(concerns(1)[0]).toMatchObject({ tone: "bad", title: "Composition 1 breaks a test that passes on the base" });
  });

  it("says that nobody knows how it stands now", () => {
    expect(concerns(2)).toEqual([expect.objectContaining({ tone: "warn", title: "The checks of Composition 2 are of an older state" })]);
  });

  it("says whose place it takes, and that it went on since it was selected", () => {
    const selected = (of: object) => ({ ...run, selection: { commit: "x", branch: "b", by: "you", at: 1, ...of } });
    const [, composition] = standingCompositions(run);
    if (composition === undefined) throw new Error("no composition");
    expect(compositionConcerns(selected({ winner: 0 }), composition).map(({ title }) => title)).toContain("A is the winner so far");
    expect(compositionConcerns(selected({ composition: 2 }), composition).map(({ title }) => title)).toContain(
      "Composition 2 has changed since it was selected",
    );
  });
});

function never(): never {
  throw new Error("there is no such composition");
}
