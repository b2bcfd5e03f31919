import type { AgentEnd } from "@/lib/protocol/agent-lines";
import type { AgentEvent } from "@/lib/run/events";
import { firstCharacters, lastCharacters } from "@/lib/run/plain-text";
import { boundFacts, type FactLimits } from "./bound-facts";

/** In characters (UTF-16 units), but for `planItems`. */
export interface OutputLimits extends FactLimits {
  /** Output of one call: three quarters from its beginning, one quarter from its end. */
  call: number;
  /** Output of all calls of an attempt. After that each further call keeps its last `lateCall` only. */
  output: number;
  lateCall: number;
  /** Raw log lines of an attempt, the last `logTail` of them from the end. */
  log: number;
  logTail: number;
  logLine: number;
  /** Text and thinking of the model, the last `modelTail` of them from the end. */
  model: number;
  modelTail: number;
  title: number;
  path: number;
  planItems: number;
  planItem: number;
  summary: number;
  message: number;
  /** Identifiers of blocks, calls, tools and git objects. */
  name: number;
}

export const OUTPUT_LIMITS: OutputLimits = {
  call: 1_000_000,
  output: 32_000_000,
  lateCall: 4_000,
  log: 2_000_000,
  logTail: 200_000,
  logLine: 8_192,
  model: 16_000_000,
  modelTail: 200_000,
  steps: 8_000_000,
  stepEvents: 20_000,
  notices: 4_000_000,
  noticeEvents: 5_000,
  title: 2_000,
  path: 4_096,
  planItems: 100,
  planItem: 1_000,
  summary: 20_000,
  message: 4_000,
  name: 256,
};

/** Calls followed at once; beyond that the oldest gives out its tail as if it had finished. */
const OPEN_CALLS = 64;
/** Neighbours of a tail are joined up to this size, so that a tail of single characters is no heap of objects. */
const PIECE = 4_096;
/** Pieces of one tail, however short. */
const PIECES = 4_000;

type TextEvent = Extract<AgentEvent, { type: "text.delta" | "thinking.delta" | "tool.output" | "log.line" }>;

/** One step that an attempt's events go through. What it gives out is a pure function of what was pushed, in order. */
export interface OutputStage {
  push(event: AgentEvent): AgentEvent[];
  /** What is held back. Only at the end of the attempt's output, never because the server stops. */
  flush(): AgentEvent[];
}

/**
 * Bounds one attempt's output: first per tool call, then per attempt, and each single text. The beginning flows as it comes; the end is kept
 * in memory and comes with `tool.finished` (a call) or with `flush` (raw log lines, the model's text), after one `output.truncated` when
 * something between the two was dropped. All other events have a budget of their own (`boundFacts`). An event within its limits is passed on as the same reference. Whatever floods, the others flow.
 * Memory: 64 open calls with a quarter of `call` each, and two tails.
 *
 * Cursors: a tail in memory is not in the log while the cursor moves on, and neither are the counts. As with `redactSecrets`, whoever
 * follows an attempt again after a crash pushes all its lines from the first (`filterOutput`): the tail is then the same, and comes once.
 */
export function boundOutput(changes: Partial<OutputLimits> = {}): OutputStage {
  const limits = { ...OUTPUT_LIMITS, ...changes };
  const calls = new Map<string, Share>();
  const log = createShare({ head: limits.log - limits.logTail, tail: limits.logTail });
  const model = createShare({ head: limits.model - limits.modelTail, tail: limits.modelTail });
  const facts = boundFacts(limits);
  /** Characters of calls' output given out. */
  let used = 0;

  function output(event: Extract<AgentEvent, { type: "tool.output" }>): AgentEvent[] {
    let call = calls.get(event.callId);
    const [oldest] = call === undefined && calls.size >= OPEN_CALLS ? calls.keys() : [];
    const before = oldest === undefined ? [] : endCall(oldest);
    call ??= createShare({ head: Math.floor((limits.call * 3) / 4), tail: Math.ceil(limits.call / 4) });
    calls.set(event.callId, call);
    const out = call.push(event, limits.output - used, used >= limits.output ? limits.lateCall : undefined);
    used += lengthOf(out);
    return [...before, ...out];
  }

  function endCall(callId: string): AgentEvent[] {
    const late = used >= limits.output;
    const limitBytes = late ? limits.output : limits.call;
    const { events, dropped } = calls.get(callId)?.end(late ? limits.lateCall : undefined) ?? { events: [], dropped: 0 };
    calls.delete(callId);
    used += lengthOf(events);
    return dropped > 0 ? [{ type: "output.truncated", callId, droppedBytes: dropped, limitBytes }, ...events] : events;
  }

  function endShare(share: Share, limitBytes: number): AgentEvent[] {
    const { events, dropped } = share.end();
    return dropped > 0 ? [{ type: "output.truncated", droppedBytes: dropped, limitBytes }, ...events] : events;
  }

  return {
    push(long) {
      const event = boundTexts(long, limits);
      switch (event.type) {
        case "text.delta":
        case "thinking.delta":
          return model.push(event);
        case "log.line":
          return log.push(event);
        case "tool.output":
          return output(event);
        case "tool.started":
        case "tool.finished":
          return [...endCall(event.callId), ...facts.push(event)];
        default:
          return facts.push(event);
      }
    },
    flush: () => [...[...calls.keys()].flatMap(endCall), ...endShare(log, limits.log), ...endShare(model, limits.model), ...facts.flush()],
  };
}

/** The agent's last word within `OUTPUT_LIMITS`; it is no event and takes no part in `boundOutput`. */
export function boundEnd(end: AgentEnd): AgentEnd {
  const { summary, message } = OUTPUT_LIMITS;
  if (end.type === "agent.finished") return { ...end, summary: end.summary === undefined ? undefined : cut(end.summary, summary) };
  const { failure } = end;
  const detail = failure.detail === undefined ? undefined : cut(failure.detail, summary);
  return { ...end, failure: { ...failure, message: cut(failure.message, message), remedy: cut(failure.remedy, message), detail } };
}

/** The stages of one attempt in a row, with its place in the log. */
export interface OutputFilter {
  /** What the log does not have yet of what comes out of line number `line`. To be stored in one batch, with `line` as the cursor. */
  push(event: AgentEvent, line: number): AgentEvent[];
  /** What the stages held back, at the end of the output; `line` is one beyond the last, so that it is stored once, like any line. */
  flush(): { events: AgentEvent[]; line: number };
}

/**
 * Follows an attempt whose lines up to `cursor` are in the log. All lines must be pushed, from the first, also those: the stages need them to
 * be where they were. A crash at any point then neither loses nor doubles anything. Where the first lines are gone (a rotated pod log) only
 * what was held back at the cursor is lost.
 */
export function filterOutput(stages: readonly OutputStage[], cursor: number): OutputFilter {
  let last = 0;

  function through(events: AgentEvent[], from: number): AgentEvent[] {
    return stages.slice(from).reduce((passing, stage) => passing.flatMap((event) => stage.push(event)), events);
  }

  return {
    push(event, line) {
      last = line;
      const events = through([event], 0);
      return line > cursor ? events : [];
    },
    flush() {
      const line = last + 1;
      const events = stages.flatMap((stage, at) => through(stage.flush(), at + 1));
      return { events: line > cursor ? events : [], line };
    },
  };
}

/** Beginning and end of one text. */
interface Share {
  /** The part of the beginning, at most `room`. `late` is a smaller limit for the end. */
  push(event: TextEvent, room?: number, late?: number): AgentEvent[];
  /** The end, and the number of characters between the two. */
  end(late?: number): { events: AgentEvent[]; dropped: number };
}

function createShare({ head, tail }: { head: number; tail: number }): Share {
  let given = 0;
  let pieces: TextEvent[] = [];
  let first = 0;
  let held = 0;
  let dropped = 0;
  let full = false;

  function keep(event: TextEvent, limit: number): void {
    const text = lastCharacters(event.text, limit);
    dropped += event.text.length - text.length;
    held += text.length;
    const last = pieces.length > first ? pieces.at(-1) : undefined;
    if (last !== undefined && last.text.length + text.length <= PIECE && joins(last, event)) {
      pieces[pieces.length - 1] = { ...last, text: last.text + text };
    } else {
      // A copy: a slice would keep the whole text that it is cut from in memory.
      pieces.push(text === event.text ? event : { ...event, text: Buffer.from(text, "utf16le").toString("utf16le") });
    }
    while (held - (pieces[first]?.text.length ?? held) >= limit || pieces.length - first > PIECES) dropFirst();
    if (first > PIECES) {
      pieces = pieces.slice(first);
      first = 0;
    }
  }

  function dropFirst(): void {
    const { length } = pieces[first]?.text ?? "";
    held -= length;
    dropped += length;
    first += 1;
  }

  return {
    push(event, room = Infinity, late = tail) {
      const left = Math.min(head - given, room);
      // A line end is a character too: empty lines are no way around the limit.
      const cost = event.text.length + (event.type === "log.line" ? 1 : 0);
      if (!full && cost <= left) {
        given += cost;
        return [event];
      }
      const begun = full || event.type === "log.line" ? "" : firstCharacters(event.text, left);
      full = true;
      given += begun.length;
      keep(begun === "" ? event : { ...event, text: event.text.slice(begun.length) }, Math.min(tail, late));
      return begun === "" ? [] : [{ ...event, text: begun }];
    },
    end(late = tail) {
      const limit = Math.min(tail, late);
      while (first < pieces.length && held - (pieces[first]?.text.length ?? 0) >= limit) dropFirst();
      const [oldest, ...rest] = pieces.slice(first);
      if (oldest === undefined) return { events: [], dropped };
      const room = oldest.text.length - Math.max(0, held - limit);
      // Half a line says nothing, and it might be read as a whole one.
      const text = oldest.type === "log.line" && room < oldest.text.length ? "" : lastCharacters(oldest.text, room);
      dropped += oldest.text.length - text.length;
      const whole = text === oldest.text ? [oldest] : text === "" ? [] : [{ ...oldest, text }];
      return { events: [...whole, ...rest], dropped };
    },
  };
}

/** True when the text of `second` goes on where that of `first` ends. Log lines stay lines. */
function joins(first: TextEvent, second: TextEvent): boolean {
  if (first.type === "tool.output")
    return second.type === "tool.output" && first.stream === second.stream && first.callId === second.callId;
  return first.type !== "log.line" && second.type === first.type && second.block === first.block;
}

function lengthOf(events: readonly AgentEvent[]): number {
  return events.reduce((sum, event) => sum + (event.type === "tool.output" ? event.text.length : 0), 0);
}

/** Every single text but those that are counted as a whole: output of calls and text of the model. */
function boundTexts(event: AgentEvent, limits: OutputLimits): AgentEvent {
  const { name, path, title, summary, message, logLine } = limits;
  switch (event.type) {
    case "text.delta":
    case "thinking.delta":
      return cutFields(event, { block: name });
    case "tool.started":
      return cutFields(event, { callId: name, tool: name, title });
    case "tool.output":
    case "output.truncated":
      return cutFields(event, { callId: name });
    case "tool.finished":
      return cutFields(event, { callId: name, summary });
    case "file.changed":
      return cutFields(event, { path, oldPath: path, oldBlob: name, newBlob: name, tree: name });
    case "warning.raised":
      return cutFields(event, { message });
    case "log.line":
      return cutFields(event, { text: logLine });
    case "model.retried": {
      const { retracted } = event;
      const fits = retracted.length <= limits.planItems && retracted.every((block) => block.length <= name);
      const bounded = fits ? event : { ...event, retracted: retracted.slice(0, limits.planItems).map((block) => cut(block, name)) };
      return cutFields(bounded, { message });
    }
    case "plan.updated":
      return boundPlan(event, limits);
    case "context.compacted":
      return event;
  }
}

function boundPlan(event: Extract<AgentEvent, { type: "plan.updated" }>, { planItems, planItem }: OutputLimits): AgentEvent {
  const { items } = event;
  if (items.length <= planItems && items.every(({ text }) => text.length <= planItem)) return event;
  const kept = items.length <= planItems ? items : items.slice(0, planItems - 1);
  const bounded = kept.map((item) => cutFields(item, { text: planItem }));
  const left = items.length - kept.length;
  return { ...event, items: left === 0 ? bounded : [...bounded, { text: `… and ${left} more`, status: "pending" }] };
}

/** The same reference when every field is within its limit. */
function cutFields<T extends object>(value: T, limits: { [K in keyof T]?: number }): T {
  let copy: T | undefined;
  for (const key of Object.keys(limits) as (keyof T)[]) {
    const text = value[key];
    const limit = limits[key];
    if (typeof text !== "string" || limit === undefined || text.length <= limit) continue;
    copy = { ...(copy ?? value), [key]: cut(text, limit) };
  }
  return copy ?? value;
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${firstCharacters(text, limit - 1)}…`;
}
