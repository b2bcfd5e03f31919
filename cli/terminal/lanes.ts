import { formatElapsed, formatSpent } from "@/lib/format";
import { changeTotals, variationLetter } from "@/lib/run/select";
import { isTerminal, type RunState, type TranscriptItem, type VariationState } from "@/lib/run/state";
import { toolVerb } from "@/lib/tool-words";
import { fit, oneLine, type Paint, padTo, type Tone, textWidth } from "./text";

/** What a drawing of a run depends on beside the run. */
export interface Drawing {
  columns: number;
  rows: number;
  /** ms since the epoch. */
  now: number;
  paint: Paint;
  /** Below the lanes: what keys do, or what is wrong with the connection. */
  footer: string;
}

/** Of the transcript's end only so much can matter for one line. */
const TAIL = 400;
/** Below these widths a column is left out. */
const LEAST = { model: 100, dollars: 56, changes: 44, elapsed: 30 };

const tones: Record<VariationState["status"], Tone> = {
  queued: "dim",
  preparing: "dim",
  running: "accent",
  completed: "good",
  failed: "bad",
  cancelled: "warn",
};

/** One line per variation between a title and a footer, none wider than the terminal; what does not fit below each other is left out. */
export function drawLanes(run: RunState, drawing: Drawing): string[] {
  const { columns, rows, paint, footer } = drawing;
  // The last column stays free: some terminals break the line there.
  const width = Math.max(1, columns - 1);
  const title = fit(oneLine(`${run.repositoryName}  ${run.prompt.slice(0, 2 * columns)}`), width);
  const lanes = run.variations.map((variation) => drawLane(variation, { ...drawing, columns: width }));
  const frame = [paint(title, "bold"), ...lanes, paint(fit(footer, width), "dim")];
  if (frame.length < rows) return frame;
  return lanes.slice(0, Math.max(1, rows - 1));
}

function drawLane(variation: VariationState, { columns, now, paint }: Drawing): string {
  const { spec, usage, startedAt, endedAt } = variation;
  const { added, deleted } = changeTotals(variation);
  const elapsed = startedAt === undefined ? "" : formatElapsed((endedAt ?? now) - startedAt);
  const cells: { text: string; tone?: Tone }[] = [
    { text: variationLetter(variation.index), tone: "bold" },
    ...(columns >= LEAST.model ? [{ text: padTo(fit(oneLine(spec.model), 22), 22), tone: "dim" as const }] : []),
    {
      text: padTo(variation.stopRequested && !isTerminal(variation.status) ? "stopping" : variation.status, 9),
      tone: tones[variation.status],
    },
    ...(columns >= LEAST.elapsed ? [{ text: elapsed.padStart(7) }] : []),
    ...(columns >= LEAST.dollars ? [{ text: fit(formatSpent(usage), 9).padStart(9) }] : []),
    ...(columns >= LEAST.changes ? [{ text: padTo(`+${added} −${deleted}`, 10) }] : []),
  ];
  const used = cells.reduce((sum, { text }) => sum + textWidth(text) + 1, 0);
  const head: string[] = [];
  let left = columns;
  for (const { text, tone } of cells) {
    const shown = fit(text, left);
    head.push(paint(shown, tone));
    left -= textWidth(shown) + 1;
  }
  const doing = fit(activity(variation), columns - used);
  return [...head, ...(doing === "" ? [] : [paint(doing, variation.status === "failed" ? "bad" : undefined)])].join(" ").trimEnd();
}

/** What a variation does at the moment, or what came of it. */
function activity({ status, failure, summary, queuePosition, items }: VariationState): string {
  if (failure !== undefined && status === "failed") return oneLine(failure.message);
  if (status === "queued") return queuePosition === undefined ? "" : `number ${queuePosition} in the queue`;
  if (status === "completed" && summary !== undefined && summary !== "") return oneLine(summary.slice(0, TAIL));
  for (let at = items.length - 1; at >= 0; at -= 1) {
    const words = itemWords(items[at]);
    if (words !== "") return words;
  }
  return "";
}

function itemWords(item: TranscriptItem | undefined): string {
  switch (item?.kind) {
    case "tool":
      return oneLine(`${toolVerb(item)} ${item.title.slice(0, TAIL)} ${item.finished?.summary ?? ""}`);
    case "text":
      return item.retracted ? "" : lastLine(item.text);
    case "thinking":
      return item.retracted ? "" : "thinking";
    case "notice":
      return oneLine(item.text);
    case "log":
      return lastLine(item.text);
    case "attempt":
    case "message":
    case undefined:
      return "";
  }
}

function lastLine(text: string): string {
  const lines = text.slice(-TAIL).split("\n");
  return oneLine(lines.findLast((line) => line.trim() !== "") ?? "");
}
