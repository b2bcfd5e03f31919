import { type Measurement, type Spread, spread } from "./measurement";

const HEADER = ["measurement", "product", "reference", "ratio", "target", "verdict"];

/** Measurements as aligned columns for a terminal, the notes below. Values are medians with (10th–90th percentile). */
export function reportTable(measurements: readonly Measurement[]): string {
  const rows = [HEADER, ...measurements.map(row)];
  const widths = HEADER.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const lines = rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const notes = measurements.flatMap(({ name, note }) => (note === undefined ? [] : [`${name}: ${note}`]));
  return [...lines, "", ...notes, ""].join("\n");
}

function row({ name, unit, subject, reference, ratio, target, pass }: Measurement): string[] {
  const verdict = pass === null ? "—" : pass ? "met" : "MISSED";
  return [name, `${shown(spread(subject))} ${unit}`, `${shown(spread(reference))} ${unit}`, shown(ratio), target, verdict];
}

function shown({ median, low, high }: Spread): string {
  return `${digits(median)} (${digits(low)}–${digits(high)})`;
}

/** Three significant digits, without an exponent. */
function digits(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
