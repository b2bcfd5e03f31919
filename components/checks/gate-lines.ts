import { formatDollars, formatDuration } from "@/lib/format";
import { type CheckKind, checkKinds, targetOfVariation, variationOfTarget } from "@/lib/run/check-names";
import type { CheckRun } from "@/lib/run/check-state";
import { compositionOfTarget, currentTree, type GateRow, gateRows, tableTargets } from "@/lib/run/check-table";
import { changeTotals } from "@/lib/run/select";
import type { RunState, VariationState } from "@/lib/run/state";
import { type CellWords, count, coverageCell, coveredPercent, newTestsCell, suiteCell, verdictCell } from "./gate-cells";

/** A cell of the table. */
export interface LineCell extends CellWords {
  target: string;
  /** What its details are about; absent: there are none. */
  run?: CheckRun;
  /** It ran on another tree than the target has now. */
  stale: boolean;
  /** Beside the others of its line: 0 to 1. */
  bar?: number;
  best?: boolean;
}

/** A line of the gates table: a check, a part of one, or a fact of the run. */
export interface GateLine {
  key: string;
  label: string;
  /** How it is run, for those who look twice. */
  command?: string;
  kind: CheckKind | "fact";
  base: LineCell;
  /** One per variation, then one per composition. */
  cells: LineCell[];
}

/** Targets that have another tree than was checked, or that nothing was checked on at all. */
export function unchecked(run: RunState): string[] {
  const rows = gateRows(run).filter(({ base, cells }) => (base ?? cells.find((cell) => cell.run)?.run)?.command !== undefined);
  return tableTargets(run).filter((target, at) => {
    if (currentTree(run, target) === undefined) return false;
    return rows.some(({ cells }) => cells[at]?.run === undefined || cells[at].stale);
  });
}

/** What would run, and has not run yet. */
export interface KnownCheck {
  id: string;
  name: string;
  kind: CheckKind;
  command: string | null;
}

/** The table from top to bottom: build, types, lint, tests, coverage, security, then size, duration and dollars. */
export function gateLines(run: RunState, known: readonly KnownCheck[] = []): GateLine[] {
  const rows = withKnown(gateRows(run), known, run);
  const suites = rows.filter(({ kind }) => kind === "test");
  return [
    ...rows
      .filter(({ kind }) => kind === "build" || kind === "types" || kind === "lint")
      .map((row) => line(run, row, row.name, verdictCell)),
    ...suites.flatMap((row) => testLines(run, row)),
    ...rows.filter((row) => row.kind === "coverage" || measuresCoverage(row)).map((row) => coverageLine(run, row, suites.length > 1)),
    ...rows.filter(({ kind }) => kind === "secrets").map((row) => line(run, row, row.name, verdictCell)),
    ...factLines(
      run,
      rows.find(({ kind }) => kind === "size"),
    ),
  ];
}

/** Checks that never ran have a row as well. */
function withKnown(rows: GateRow[], known: readonly KnownCheck[], run: RunState): GateRow[] {
  const missing = known.filter(({ id }) => !rows.some(({ check }) => check === id));
  const cells = tableTargets(run).map((target) => ({ target, tone: "unknown" as const, stale: false }));
  const all = [...rows, ...missing.map(({ id, name, kind }): GateRow => ({ check: id, name, kind, cells }))];
  return all.sort((one, other) => checkKinds.indexOf(one.kind) - checkKinds.indexOf(other.kind));
}

type Describe = (run: CheckRun | undefined) => CellWords;

function line(state: RunState, row: GateRow, label: string, describe: Describe, part = ""): GateLine {
  const { check, kind, base } = row;
  const ofBase = base ?? row.cells.find(({ run }) => run !== undefined)?.run;
  return {
    key: `${check}${part}`,
    label,
    command: ofBase?.command,
    kind,
    base: { ...describe(base), target: "base", run: base, stale: false },
    cells: row.cells.map(({ target, run, stale }) => ({ ...describe(run), target, run, stale })),
  };
}

function runsOf({ base, cells }: GateRow): CheckRun[] {
  return [...(base === undefined ? [] : [base]), ...cells.flatMap(({ run }) => run ?? [])];
}

/** Two lines where the runner says which tests it ran: those of the base, and those that are new. */
function testLines(state: RunState, row: GateRow): GateLine[] {
  const counted = runsOf(row).some(({ outcome }) => outcome?.tests !== undefined);
  if (!counted) return [line(state, row, row.name, verdictCell)];
  const own = line(state, row, `${row.name}, its own new ones`, newTestsCell, "#new");
  const noDetails = own.cells.map((cell) => (cell.mark === "none" ? { ...cell, run: undefined } : cell));
  return [line(state, row, `${row.name}, base’s suite`, suiteCell), { ...own, base: { ...own.base, run: undefined }, cells: noDetails }];
}

function measuresCoverage(row: GateRow): boolean {
  return row.kind === "test" && runsOf(row).some(({ outcome }) => outcome?.coverage !== undefined);
}

function coverageLine(state: RunState, row: GateRow, several: boolean): GateLine {
  const label = several && row.kind === "test" ? `${row.name}: coverage, changed lines` : "Coverage, changed lines";
  const drawn = line(state, row, label, coverageCell, "#coverage");
  const percents = drawn.cells.map(({ run }) => coveredPercent(run));
  const most = bestOf(percents, "most");
  const cells = drawn.cells.map((cell, at) => {
    const percent = percents[at];
    return percent === undefined ? cell : { ...cell, bar: percent / 100, best: percent === most };
  });
  return { ...drawn, kind: "coverage", cells };
}

/** The one value that stands out; undefined where it does not. */
function bestOf(values: readonly (number | undefined)[], wanted: "most" | "least"): number | undefined {
  const known = values.filter((value) => value !== undefined);
  if (known.length < 2) return undefined;
  const best = wanted === "most" ? Math.max(...known) : Math.min(...known);
  return known.filter((value) => value === best).length === 1 ? best : undefined;
}

const noBase: LineCell = { target: "base", mark: "none", tone: "none", value: "—", words: "nothing to compare", stale: false };

function factLines(run: RunState, size: GateRow | undefined): GateLine[] {
  return [sizeLine(run, size), durationLine(run), dollarsLine(run)];
}

function sizeLine(state: RunState, row: GateRow | undefined): GateLine {
  const targets = tableTargets(state);
  const totals = targets.map((target) => totalsOf(state, target));
  const largest = Math.max(1, ...totals.map(({ added, deleted }) => added + deleted));
  const cells = targets.map((target, at): LineCell => {
    const run = row?.cells.find((cell) => cell.target === target)?.run;
    const { files, added, deleted } = totals[at] ?? { files: 0, added: 0, deleted: 0 };
    const failed = run?.status === "failed";
    const lines = `+${added} −${deleted}`;
    const limit = run?.outcome?.size?.maxLines;
    const note = failed && limit != null ? `over ${limit} lines` : count(files, "file");
    return {
      target,
      mark: failed ? "failed" : undefined,
      tone: failed ? "bad" : "plain",
      value: lines,
      note,
      words: `${failed ? "failed, " : ""}${count(added, "line")} added, ${deleted} deleted in ${count(files, "file")}${failed ? `, ${note}` : ""}`,
      run: failed ? run : undefined,
      stale: failed && run !== undefined && run.tree !== (currentTree(state, target) ?? run.tree),
      bar: (added + deleted) / largest,
    };
  });
  return { key: "fact:size", label: "Diff size", kind: "size", base: noBase, cells };
}

function totalsOf(run: RunState, target: string): { files: number; added: number; deleted: number } {
  const variation = run.variations[variationOfTarget(target) ?? -1];
  return (variation === undefined ? compositionOfTarget(run, target)?.snapshot : changeTotals(variation)) ?? NOTHING;
}

const NOTHING = { files: 0, added: 0, deleted: 0 };

/** Of facts that only agents have. */
function noFacts(run: RunState): LineCell[] {
  const words = "put together by people: no agent worked on it";
  const composed = tableTargets(run).slice(run.variations.length);
  return composed.map((target) => ({ target, mark: "none", tone: "none", value: "—", words, stale: false }));
}

function took({ startedAt, endedAt }: VariationState): number | undefined {
  return startedAt === undefined || endedAt === undefined ? undefined : endedAt - startedAt;
}

function durationLine(run: RunState): GateLine {
  const { variations } = run;
  const times = variations.map((variation) => (variation.status === "completed" ? took(variation) : undefined));
  const longest = Math.max(1, ...times.map((time) => time ?? 0));
  const quickest = bestOf(times, "least");
  const cells = variations.map((variation, at): LineCell => {
    const target = targetOfVariation(variation.index);
    const time = times[at];
    const ended = took(variation);
    if (time !== undefined) {
      const value = formatDuration(time);
      return { target, tone: "plain", value, words: value, stale: false, bar: time / longest, best: time === quickest };
    }
    const note = ended === undefined ? variation.status : `${variation.status} at ${formatDuration(ended)}`;
    return { target, mark: "none", tone: "none", value: "—", note, words: note, stale: false };
  });
  return { key: "fact:duration", label: "Duration", kind: "fact", base: noBase, cells: [...cells, ...noFacts(run)] };
}

function dollarsLine(run: RunState): GateLine {
  const { variations } = run;
  const most = Math.max(Number.MIN_VALUE, ...variations.map(({ usage }) => usage.dollars));
  const cells = variations.map(({ index, usage }): LineCell => {
    const target = targetOfVariation(index);
    const note = usage.unpriced ? "price not known" : undefined;
    const value = usage.unpriced && usage.dollars === 0 ? "—" : formatDollars(usage.dollars);
    return {
      target,
      tone: "plain",
      value,
      note,
      words: note === undefined ? value : `${value}, ${note}`,
      stale: false,
      bar: usage.dollars / most,
    };
  });
  return { key: "fact:dollars", label: "Dollars", kind: "fact", base: noBase, cells: [...cells, ...noFacts(run)] };
}
