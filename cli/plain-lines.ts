import { formatDuration, formatSpent } from "@/lib/format";
import type { RunEvent, RunEventBody } from "@/lib/run/events";
import type { Failure } from "@/lib/run/failures";
import { changeTotals, variationLetter } from "@/lib/run/select";
import type { RunState, ToolItem, VariationState } from "@/lib/run/state";
import { toolVerb } from "@/lib/tool-words";
import { failureLines, lastLines } from "./failure-lines";
import { oneLine } from "./terminal/text";

/** A line of an agent's words is cut here. */
const LONGEST_TEXT = 300;

/** Events → lines for a pipe or a log: `B  edited src/x.ts  +3 −1`. Text is held back until its line is complete. */
export interface PlainLines {
  /** Lines that are complete with this event; `run` has it folded in. */
  lines(event: RunEvent, run: RunState): string[];
}

/** See `PlainLines`; one for each run. */
export function createPlainLines(): PlainLines {
  /** By variation: the end of its text that has no newline yet. */
  const pending = new Map<number, string>();

  function text(variation: number, more: string): string[] {
    const parts = ((pending.get(variation) ?? "") + more).split("\n");
    pending.set(variation, parts.pop() ?? "");
    return parts.flatMap(said);
  }

  return {
    lines({ event, variation: index }, run) {
      if (index === undefined) return runLine(event, run);
      const variation = run.variations[index];
      if (variation === undefined) return [];
      const place = (line: string): string => `${variationLetter(index)}  ${line}`;
      if (event.type === "text.delta") return text(index, event.text).map(place);
      // What the agent said before comes before what it does.
      const rest = QUIET.has(event.type) ? [] : said(pending.get(index) ?? "");
      if (!QUIET.has(event.type)) pending.delete(index);
      if (event.type === "variation.failed") return [...rest, ...failed(event.failure)].map(place);
      const line = variationLine(event, variation);
      return [...rest, ...(line === undefined ? [] : [line])].map(place);
    },
  };
}

/** They come in the middle of text. */
const QUIET = new Set<RunEventBody["type"]>(["thinking.delta", "usage.recorded", "snapshot.taken", "tool.output"]);

function said(text: string): string[] {
  const line = oneLine(text);
  return line === "" ? [] : [`says ${line.slice(0, LONGEST_TEXT)}`];
}

function failed(failure: Failure): string[] {
  return failureLines(failure).map((line, at) => (at === 0 ? `failed ${line}` : line));
}

function runLine(event: RunEventBody, run: RunState): string[] {
  switch (event.type) {
    case "run.created":
      return [`run ${run.runId}  ${oneLine(event.repositoryName)}  ${count(event.variations.length, "variation")}`];
    case "run.base_pinned":
      return [`base ${event.commit.slice(0, 10)}${event.branch === undefined ? "" : `  ${oneLine(event.branch)}`}`];
    case "run.failed":
      return failed(event.failure);
    case "setup.finished":
      // The warning that follows says that it failed; what the program said last tells why.
      return event.ok || event.skipped === true ? [] : lastLines(run.setup?.output ?? "").map((line) => `setup ${line}`);
    case "warning.raised":
      return [`warning ${oneLine(event.message)}`];
    case "run.paused":
      return [`paused ${oneLine(event.reason)}`];
    case "run.resumed":
      return ["resumed"];
    case "run.stop_requested":
      return ["stopping"];
    default:
      return [];
  }
}

function variationLine(event: RunEventBody, variation: VariationState): string | undefined {
  switch (event.type) {
    case "variation.queued":
      return event.position === undefined ? undefined : `queued, number ${event.position}`;
    case "variation.started":
      return `started ${oneLine(variation.spec.agent)} with ${oneLine(variation.spec.model)}`;
    case "variation.requeued":
      return event.continues === undefined ? `tried again, attempt ${variation.attempt + 1}` : "goes on with a message";
    case "variation.reattached":
      return "attached again after a restart of the server";
    case "file.changed":
      return fileLine(event);
    case "tool.finished":
      return toolLine(variation.items.find((item): item is ToolItem => item.kind === "tool" && item.callId === event.callId));
    case "model.retried":
      return `asks the model again in ${formatDuration(event.delayMs)}: ${oneLine(event.message)}`;
    case "warning.raised":
      return `warning ${oneLine(event.message)}`;
    case "log.line":
      return `${event.stream} ${oneLine(event.text).slice(0, LONGEST_TEXT)}`;
    case "variation.completed":
      return `completed ${outcome(variation)}`;
    case "variation.cancelled":
      return `stopped ${outcome(variation)}`;
    default:
      return undefined;
  }
}

function fileLine(event: Extract<RunEventBody, { type: "file.changed" }>): string {
  const verb = { added: "created", modified: "edited", deleted: "deleted", renamed: "renamed" }[event.status];
  const from = event.oldPath === undefined ? "" : `${oneLine(event.oldPath)} → `;
  return `${verb} ${from}${oneLine(event.path)}  +${event.added} −${event.deleted}`;
}

/** Of an edit that succeeded `file.changed` tells more. */
function toolLine(tool: ToolItem | undefined): string | undefined {
  if (tool?.finished === undefined || (tool.toolKind === "edit" && tool.finished.ok)) return undefined;
  const { ok, exitCode, durationMs } = tool.finished;
  const result = exitCode !== undefined && exitCode !== null && exitCode !== 0 ? `  exit ${exitCode}` : ok ? "" : "  failed";
  const took = tool.toolKind === "command" ? `  ${formatDuration(durationMs)}` : "";
  return `${toolVerb(tool).toLowerCase()} ${oneLine(tool.title)}${result}${took}`;
}

function outcome(variation: VariationState): string {
  const { files, added, deleted } = changeTotals(variation);
  const { startedAt, endedAt, usage } = variation;
  const took = startedAt === undefined || endedAt === undefined ? "" : `  ${formatDuration(endedAt - startedAt)}`;
  return `${count(files, "file")}  +${added} −${deleted}  ${formatSpent(usage)}${took}`;
}

/** `1 file`, `3 files`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
