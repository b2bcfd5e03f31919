import { type Arrangement, repairArrangement } from "./pane-order";

const ORDERS = "aideator.panes.orders";
const WIDTHS = "aideator.panes.widths";
/** Runs whose arrangement is remembered; the one changed longest ago goes first. */
const MAX_RUNS = 50;

/** How this run's panes were left in this browser. */
export function readArrangement(runId: string, count: number): Arrangement {
  const entry = readOrders().find(({ run }) => run === runId);
  return repairArrangement(entry, count);
}

/** Remembers how a run's panes stand. */
export function keepArrangement(runId: string, { order, hidden }: Arrangement): void {
  const others = readOrders().filter(({ run }) => run !== runId);
  write(ORDERS, [{ run: runId, order, hidden }, ...others].slice(0, MAX_RUNS));
}

/** Percentages from left to right for this number of panes; undefined: all the same. */
export function readWidths(count: number): readonly number[] | undefined {
  const kept = readRecord(WIDTHS)[count];
  if (!Array.isArray(kept) || kept.length !== count) return undefined;
  const widths = kept.filter((width): width is number => typeof width === "number" && width > 0 && width <= 100);
  const sum = widths.reduce((total, width) => total + width, 0);
  return widths.length === count && Math.abs(sum - 100) < 1 ? widths : undefined;
}

/** Remembers widths for as many panes as there are; undefined forgets them. */
export function keepWidths(count: number, widths: readonly number[] | undefined): void {
  write(WIDTHS, { ...readRecord(WIDTHS), [count]: widths?.map((width) => Math.round(width * 100) / 100) });
}

function readOrders(): { run: string }[] {
  const kept = read(ORDERS);
  if (!Array.isArray(kept)) return [];
  return kept.filter((entry): entry is { run: string } => isRecord(entry) && typeof entry.run === "string");
}

function readRecord(key: string): Record<string, unknown> {
  const kept = read(key);
  return isRecord(kept) ? kept : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function read(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return undefined;
  }
}

function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Storage is blocked or full: the arrangement lasts as long as the page.
  }
}
