import type { EndedBefore, RunMessage } from "./message-state";
import type { TranscriptItem } from "./state";

/** One turn of a variation that is over: what it answered, what was done. */
export interface EarlierTurn {
  /** None: it answered the prompt. */
  messages: readonly RunMessage[];
  items: readonly TranscriptItem[];
  ended?: EndedBefore;
}

/** Characters of one text, one command's output or one change in the record. */
const ENTRY = 1_500;
/** Of the whole record; its end is worth more than its beginning. */
const RECORD = 48_000;

/**
 * The turns whose work the newest one stands on. What was started anew counts for nothing: a retry on a fresh tree begins the
 * conversation again, and a retry of a follow-up takes the place of the one that failed.
 */
export function earlierTurns(items: readonly TranscriptItem[]): EarlierTurn[] {
  let turns: EarlierTurn[] = [];
  let current: { messages: readonly RunMessage[]; items: TranscriptItem[] } = { messages: [], items: [] };
  for (const item of items) {
    if (item.kind === "attempt") {
      turns = [];
      current = { messages: [], items: [] };
    } else if (item.kind === "message") {
      const repeated = current.messages.length > 0 && sameMessages(current.messages, item.messages);
      if (!repeated) turns.push({ ...current, ended: item.ended });
      current = { messages: item.messages, items: [] };
    } else current.items.push(item);
  }
  return turns;
}

function sameMessages(one: readonly RunMessage[], other: readonly RunMessage[]): boolean {
  return one.length === other.length && one.every(({ id }, at) => id === other[at]?.id);
}

/** A turn's last word: its summary, what it said last, or how it ended. */
export function lastWord({ items, ended }: EarlierTurn): string {
  if (ended?.status === "completed" && ended.text) return ended.text;
  const said = items.findLast((item) => item.kind === "text" && !item.retracted && item.text.trim() !== "");
  const how = { failed: "(I could not go on: ", cancelled: "(I was stopped before I was done" }[ended?.status as "failed" | "cancelled"];
  const end = how === undefined ? "" : `${how}${ended?.status === "failed" ? (ended.text ?? "an error") : ""})`;
  const text = said?.kind === "text" ? said.text.trim() : "";
  return [text, end].filter((part) => part !== "").join("\n\n") || "(I ended without a word.)";
}

/** What was said and done, as text for the agent that goes on: bounded, files are there to be read again. */
export function recordOf(turns: readonly EarlierTurn[]): string {
  const parts = turns.flatMap((turn, at) => [
    `## ${at === 0 ? "The prompt" : `Follow-up ${at}`}`,
    ...turn.items.flatMap((item) => entry(item)),
    ...(turn.ended?.status === "failed" ? [`Ended with an error: ${turn.ended.text ?? "unknown"}`] : []),
    ...(turn.ended?.status === "cancelled" ? ["A person stopped it."] : []),
  ]);
  return headAndTail(parts.join("\n\n"), RECORD, 0.25);
}

function entry(item: TranscriptItem): string[] {
  switch (item.kind) {
    case "text":
      return item.retracted || item.text.trim() === "" ? [] : [headAndTail(item.text.trim(), ENTRY)];
    case "tool": {
      const { tool, title, toolKind, finished, output } = item;
      const outcome =
        finished === undefined ? "not finished" : [finished.ok ? "ok" : "failed", finished.summary].filter(Boolean).join(", ");
      const shown = toolKind === "read" || toolKind === "search" ? "" : headAndTail(output.trimEnd(), ENTRY);
      return [`- ${tool}: ${title} (${outcome})${shown === "" ? "" : `\n${shown}`}`];
    }
    default:
      return [];
  }
}

/** Beginning and end of a text that is too long; `head`: the beginning's share. */
function headAndTail(text: string, limit: number, head = 0.5): string {
  if (text.length <= limit) return text;
  const first = Math.floor(limit * head);
  return `${text.slice(0, first)}\n[… ${text.length - limit} characters left out …]\n${text.slice(first - limit)}`;
}
