import { formatAge, formatDollars } from "@/lib/format";
import type { RunResponse, RunSummary } from "@/lib/protocol/http";
import { sourceName, variationLetter } from "@/lib/run/select";
import { compositionHead } from "@/lib/run/trees";
import { runFailures } from "./failure-lines";
import { fit, oneLine, type Paint, padTo, type Tone, textWidth } from "./terminal/text";

type Row = { text: string; tone?: Tone; right?: boolean }[];

const stateTones: Record<string, Tone> = { completed: "good", failed: "bad", cancelled: "warn", running: "accent" };

/** Columns as wide as their widest cell, two spaces between them. */
export function table(rows: readonly Row[], paint: Paint): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach(({ text }, at) => (widths[at] = Math.max(widths[at] ?? 0, textWidth(text))));
  const cell = ({ text, tone, right }: Row[number], at: number): string => {
    const width = widths[at] ?? 0;
    return right === true
      ? " ".repeat(width - textWidth(text)) + paint(text, tone)
      : paint(text, tone) + padTo("", width - textWidth(text));
  };
  return rows.map((row) => `${row.map(cell).join("  ").trimEnd()}\n`).join("");
}

/** A line per variation: letter, state, changes, model, and whether it won. */
export function variationTable({ variations, winning_variation_id }: RunSummary, paint: Paint): string {
  const rows = variations.map((variation): Row => {
    const { variation_id, state, failure_code, files, added, deleted, model } = variation;
    return [
      { text: variationLetter(variation_id), tone: "bold" },
      { text: failure_code === null ? state : `${state} (${failure_code})`, tone: stateTones[state] },
      { text: files === 1 ? "1 file" : `${files} files`, right: true },
      { text: `+${added}`, tone: "good", right: true },
      { text: `−${deleted}`, tone: "bad", right: true },
      { text: oneLine(model), tone: "dim" },
      { text: variation_id === winning_variation_id ? "winner" : "", tone: "good" },
    ];
  });
  return table(rows, paint);
}

/** A line per run, newest first. `now`: ms since the epoch. */
export function runTable(runs: readonly RunSummary[], paint: Paint, { now, columns }: { now: number; columns: number }): string {
  const rows = runs.map((run): Row => {
    return [
      { text: run.run_id },
      { text: run.status, tone: stateTones[run.status] },
      { text: winnerOf(run), tone: "good" },
      { text: formatAge(Date.parse(run.created_at), now), right: true, tone: "dim" },
      { text: formatDollars(run.dollars), right: true },
      { text: oneLine(run.repository_name) },
    ];
  });
  const used = Math.max(0, ...rows.map((row) => row.reduce((sum, { text }) => sum + textWidth(text) + 4, 0)));
  return table(
    rows.map((row, at) => [...row, { text: fit(oneLine(runs[at]?.prompt ?? ""), Math.max(16, columns - used)), tone: "dim" }]),
    paint,
  );
}

/** A letter, or the number of a composition. */
function winnerOf({ winning_variation_id: winner, winning_composition: number }: RunSummary): string {
  if (winner !== null) return variationLetter(winner);
  // Rows from before there were compositions say nothing of them.
  return number ? compositionHead(number) : "";
}

/** Run, repository, base and prompt above the table, failures and selection below it. */
export function runText(run: RunResponse, paint: Paint): string {
  const { run_id, status, repository_name, base_ref, base_commit, dollars, prompt, selection } = run;
  const base = base_commit === null ? "no base yet" : `${base_ref === null ? "" : `${oneLine(base_ref)} `}${base_commit.slice(0, 10)}`;
  const head = `${paint(run_id, "bold")}  ${paint(status, stateTones[status])}  ${oneLine(repository_name)}  ${base}  ${formatDollars(dollars)}\n`;
  const choice =
    selection === null
      ? ""
      : `Winner: ${sourceName({ winner: selection.winning_variation_id ?? undefined, composition: selection.composition ?? undefined })}, branch ${oneLine(selection.branch)}${selection.reason === null ? "" : ` (${oneLine(selection.reason)})`}\n`;
  return `${head}${paint(oneLine(prompt).slice(0, 300), "dim")}\n\n${variationTable(run, paint)}${runFailures(run, paint)}${choice}`;
}
