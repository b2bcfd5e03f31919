import type { RunEventBody } from "./events";
import type { ToolItem, TranscriptItem } from "./state";

type Body<T extends RunEventBody["type"]> = Extract<RunEventBody, { type: T }>;
type Items = readonly TranscriptItem[];

/** Characters of a tool call's output kept in state; head and tail stay, the log has the rest. */
export const TOOL_OUTPUT_LIMIT = 64_000;
/** So far an output may grow beyond the limit before it is cut back: cutting at every event would copy all of it each time. */
const OUTPUT_SLACK = 16_000;

/**
 * Where the events of one fold may write: an array of theirs is copied once, not once per event. What was there before the fold is never
 * written to.
 */
export type OwnItems = (items: Items) => TranscriptItem[];

/** For one fold. */
export function ownItems(): OwnItems {
  const own = new WeakSet<Items>();
  return (items) => {
    if (own.has(items)) return items as TranscriptItem[];
    const copy = [...items];
    own.add(copy);
    return copy;
  };
}

/** One event → a variation's transcript. Same reference when the event is not part of it, or when `own` knows the array. */
export function reduceTranscript(items: Items, event: RunEventBody, { at, seq, own }: { at: number; seq: number; own: OwnItems }): Items {
  const add = (item: TranscriptItem): Items => added(own(items), item);
  switch (event.type) {
    case "text.delta":
    case "thinking.delta": {
      const { block, text } = event;
      const kind = event.type === "text.delta" ? "text" : "thinking";
      const last = items.at(-1);
      if (last?.kind === kind && last.block === block && !last.retracted)
        return replaced(own(items), items.length - 1, { ...last, text: last.text + text });
      return add({ kind, seq, block, text, retracted: false });
    }
    case "tool.started": {
      const { callId, tool, kind: toolKind, title } = event;
      return add({ kind: "tool", seq, startedAt: at, callId, tool, toolKind, title, output: "", truncatedBytes: 0 });
    }
    case "tool.output":
      return updateTool(items, own, event.callId, (tool) => appendOutput(tool, event));
    case "tool.finished": {
      const { ok, durationMs, exitCode, summary } = event;
      return updateTool(items, own, event.callId, (tool) => ({ ...tool, finished: { ok, durationMs, exitCode, summary } }));
    }
    case "output.truncated": {
      const { callId, droppedBytes, limitBytes } = event;
      if (callId !== undefined)
        return updateTool(items, own, callId, (tool) => ({ ...tool, truncatedBytes: tool.truncatedBytes + droppedBytes }));
      return add({ kind: "notice", seq, tone: "warning", text: `Output beyond ${limitBytes} bytes was dropped (${droppedBytes} bytes).` });
    }
    case "model.retried":
      return retried(own(retract(items, event.retracted)), event, seq);
    case "log.line": {
      const { stream, text } = event;
      const last = items.at(-1);
      if (last?.kind === "log" && last.stream === stream && last.text.length < TOOL_OUTPUT_LIMIT)
        return replaced(own(items), items.length - 1, { ...last, text: `${last.text}\n${text}` });
      return add({ kind: "log", seq, stream, text });
    }
    default:
      return items;
  }
}

function added(items: TranscriptItem[], item: TranscriptItem): Items {
  items.push(item);
  return items;
}

function replaced(items: TranscriptItem[], at: number, item: TranscriptItem): Items {
  items[at] = item;
  return items;
}

function appendOutput(tool: ToolItem, { stream, text }: Body<"tool.output">): ToolItem {
  const output = tool.output + text;
  if (output.length <= TOOL_OUTPUT_LIMIT + OUTPUT_SLACK) return { ...tool, output, outputStream: stream };
  const half = TOOL_OUTPUT_LIMIT / 2;
  const dropped = output.length - TOOL_OUTPUT_LIMIT;
  return {
    ...tool,
    output: output.slice(0, half) + output.slice(half + dropped),
    outputStream: stream,
    truncatedBytes: tool.truncatedBytes + dropped,
  };
}

/** From the end: the call that an event belongs to is nearly always the last one. */
function updateTool(items: Items, own: OwnItems, callId: string, change: (tool: ToolItem) => ToolItem): Items {
  const at = items.findLastIndex((item) => item.kind === "tool" && item.callId === callId);
  const tool = items[at];
  return tool?.kind === "tool" ? replaced(own(items), at, change(tool)) : items;
}

function retract(items: Items, blocks: readonly string[]): Items {
  if (blocks.length === 0) return items;
  return items.map((item) =>
    (item.kind === "text" || item.kind === "thinking") && blocks.includes(item.block) ? { ...item, retracted: true } : item,
  );
}

/** One notice for one trouble: tries in a row are counted, not listed. */
function retried(items: TranscriptItem[], { status, message, delayMs }: Body<"model.retried">, seq: number): Items {
  const last = items.at(-1);
  const before = last?.kind === "notice" ? last.retries : undefined;
  const retries = (before ?? 0) + 1;
  const what = status === 0 ? "The connection to the model broke" : `The model answered ${status}`;
  const often = retries === 1 ? "" : `, ${retries} times in a row`;
  const text = `${what} (${message})${often}. Trying again in ${Math.ceil(delayMs / 100) / 10} s.`;
  // The same place and key: the notice changes, the transcript does not jump.
  if (last !== undefined && before !== undefined)
    return replaced(items, items.length - 1, { kind: "notice", seq: last.seq, tone: "warning", text, retries });
  return added(items, { kind: "notice", seq, tone: "warning", text, retries });
}
