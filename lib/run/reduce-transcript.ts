import type { RunEventBody } from "./events";
import type { ToolItem, TranscriptItem } from "./state";

type Body<T extends RunEventBody["type"]> = Extract<RunEventBody, { type: T }>;
type Items = readonly TranscriptItem[];

/** Characters of a tool call's output kept in state; head and tail stay, the log has the rest. */
export const TOOL_OUTPUT_LIMIT = 64_000;

/** One event → a variation's transcript. Same reference when the event is not part of it. */
export function reduceTranscript(items: Items, event: RunEventBody, at: number, seq: number): Items {
  switch (event.type) {
    case "text.delta":
      return appendText(items, "text", event, seq);
    case "thinking.delta":
      return appendText(items, "thinking", event, seq);
    case "tool.started":
      return [
        ...items,
        {
          kind: "tool",
          seq,
          startedAt: at,
          callId: event.callId,
          tool: event.tool,
          toolKind: event.kind,
          title: event.title,
          output: "",
          truncatedBytes: 0,
        },
      ];
    case "tool.output":
      return updateTool(items, event.callId, (tool) => appendOutput(tool, event));
    case "tool.finished": {
      const { ok, durationMs, exitCode, summary } = event;
      return updateTool(items, event.callId, (tool) => ({ ...tool, finished: { ok, durationMs, exitCode, summary } }));
    }
    case "output.truncated":
      return truncated(items, event, seq);
    case "model.retried":
      return [...retract(items, event.retracted), { kind: "notice", seq, tone: "warning", text: retryText(event) }];
    case "log.line":
      return appendLog(items, event, seq);
    default:
      return items;
  }
}

function appendText(items: Items, kind: "text" | "thinking", { block, text }: { block: string; text: string }, seq: number): Items {
  const last = items.at(-1);
  if (last?.kind === kind && last.block === block && !last.retracted) return [...items.slice(0, -1), { ...last, text: last.text + text }];
  return [...items, { kind, seq, block, text, retracted: false }];
}

function appendLog(items: Items, { stream, text }: Body<"log.line">, seq: number): Items {
  const last = items.at(-1);
  if (last?.kind === "log" && last.stream === stream && last.text.length < TOOL_OUTPUT_LIMIT) {
    return [...items.slice(0, -1), { ...last, text: `${last.text}\n${text}` }];
  }
  return [...items, { kind: "log", seq, stream, text }];
}

function appendOutput(tool: ToolItem, { stream, text }: Body<"tool.output">): ToolItem {
  const output = tool.output + text;
  if (output.length <= TOOL_OUTPUT_LIMIT) return { ...tool, output, outputStream: stream };
  const half = TOOL_OUTPUT_LIMIT / 2;
  const dropped = output.length - TOOL_OUTPUT_LIMIT;
  return {
    ...tool,
    output: output.slice(0, half) + output.slice(half + dropped),
    outputStream: stream,
    truncatedBytes: tool.truncatedBytes + dropped,
  };
}

function truncated(items: Items, event: Body<"output.truncated">, seq: number): Items {
  const { callId, droppedBytes, limitBytes } = event;
  if (callId !== undefined) return updateTool(items, callId, (tool) => ({ ...tool, truncatedBytes: tool.truncatedBytes + droppedBytes }));
  return [
    ...items,
    { kind: "notice", seq, tone: "warning", text: `Output beyond ${limitBytes} bytes was dropped (${droppedBytes} bytes).` },
  ];
}

/** From the end: the call that an event belongs to is nearly always the last one. */
function updateTool(items: Items, callId: string, change: (tool: ToolItem) => ToolItem): Items {
  const at = items.findLastIndex((item) => item.kind === "tool" && item.callId === callId);
  const tool = items[at];
  return tool?.kind === "tool" ? items.with(at, change(tool)) : items;
}

function retract(items: Items, blocks: readonly string[]): Items {
  if (blocks.length === 0) return items;
  return items.map((item) =>
    (item.kind === "text" || item.kind === "thinking") && blocks.includes(item.block) ? { ...item, retracted: true } : item,
  );
}

function retryText({ status, message, delayMs }: Body<"model.retried">): string {
  const what = status === 0 ? "The connection to the model broke" : `The model answered ${status}`;
  return `${what} (${message}). Trying again in ${Math.ceil(delayMs / 100) / 10} s.`;
}
