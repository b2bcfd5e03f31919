import type { AgentEvent } from "@/lib/run/events";
import { mapStrings, plainText } from "@/lib/run/plain-text";

const PLACEHOLDER = "[redacted]";
/** Shorter ones would be found in innocent words. */
const SHORTEST = 8;
/** A line of a longer secret, such as a key file, counts by itself: output comes in lines. */
const SHORTEST_LINE = 16;
/** Values that the events' schema fixes: changing them would make an event unreadable. */
const FIXED = new Set(["type", "kind", "status", "stream", "code"]);
const FIXED_AND_TEXT = new Set([...FIXED, "text"]);
/** Outputs of calls followed at once; beyond that the oldest lets go of what it holds. */
const OPEN_OUTPUTS = 256;
/** So few characters look like the beginning of a secret every other moment; more of them hardly ever do. */
const CHANCE = 4;

type Delta = Extract<AgentEvent, { type: "text.delta" | "thinking.delta" | "tool.output" }>;

/** Takes secrets out of one attempt's events. */
export interface SecretRedactor {
  /** The events that can be passed on now, in order: none while a text may still become a secret. */
  push(event: AgentEvent): AgentEvent[];
  /** What is still held back. Only at the end of the attempt's output, never because the server stops. */
  flush(): AgentEvent[];
}

/** The secrets of a server, ready to be looked for. Made once, used by all attempts. */
export interface SecretRedaction {
  /** A whole text without secrets; the same string when it has none. */
  redactText(text: string): string;
  /** Every string of a plain value, such as a failure, but for what a schema fixes. The same reference when there is no secret in it. */
  redactStrings<T>(value: T): T;
  /** A new one for each attempt. */
  attempt(): SecretRedactor;
}

/**
 * Replaces every known secret of 8 characters or more, also JSON-escaped, URL-encoded, in base64 or within something in base64, by
 * `[redacted]`.
 *
 * In the text of one block of the model and in one stream of one call a secret is found however it is cut into events. For that the longest
 * end that a secret may begin with is held back until it cannot be one, until another block or a tool call begins, `tool.finished`, or
 * `flush`. Order is kept within a block and within a call's stream, no text is lost or doubled. An event that needs no change is passed on
 * as the same reference; without secrets that is all that happens.
 *
 * Cursors: text held back is not in the log while the cursor moves on. What comes out is a pure function of the events pushed, in order, so
 * whoever follows an attempt again after a crash pushes **all** its lines from the first, and throws away what comes out of lines up to the
 * cursor: that is in the log. What comes out of one line must be stored in one batch (`filterOutput` keeps to both).
 */
export function redactSecrets(secrets: readonly string[]): SecretRedaction {
  const found = [...new Set(secrets.flatMap(forms))].filter((form) => form.length >= SHORTEST);
  if (found.length === 0) {
    const same = <T>(value: T): T => value;
    return { redactText: same, redactStrings: same, attempt: () => ({ push: (event) => [event], flush: () => [] }) };
  }
  const automaton = buildAutomaton(found);
  const redactText = (text: string): string => {
    const stream = createStream(automaton);
    return stream.feed(text) + stream.release();
  };
  return {
    redactText,
    redactStrings: (value) => mapStrings(value, redactText, FIXED),
    attempt: () => createRedactor(automaton, redactText),
  };
}

/** One text that may go on with the next event. */
interface Open {
  last: Delta;
  stream: Stream;
}

function createRedactor(automaton: Automaton, redactText: (text: string) => string): SecretRedactor {
  /** The model writes one block at a time. */
  let block: Open | undefined;
  /** By stream and call, so that a call's output is found by its end. */
  const outputs = new Map<string, Open>();

  function feed(open: Open, event: Delta): AgentEvent[] {
    open.last = event;
    const text = open.stream.feed(event.text);
    if (text === event.text) return [event];
    return text === "" ? [] : [{ ...event, text }];
  }

  function release(open: Open | undefined): AgentEvent[] {
    const text = open?.stream.release() ?? "";
    return open === undefined || text === "" ? [] : [{ ...open.last, text }];
  }

  function endBlock(): AgentEvent[] {
    const released = release(block);
    block = undefined;
    return released;
  }

  function endCall(callId: string): AgentEvent[] {
    return (["stdout", "stderr", "result", "diff"] as const).flatMap((stream) => endOutput(`${stream}:${callId}`));
  }

  function endOutput(key: string): AgentEvent[] {
    const released = release(outputs.get(key));
    outputs.delete(key);
    return released;
  }

  function delta(event: Delta): AgentEvent[] {
    if (event.type !== "tool.output") {
      const same = block !== undefined && block.last.type === event.type && block.last.block === event.block;
      const before = same ? [] : endBlock();
      block ??= { last: event, stream: createStream(automaton) };
      return [...before, ...feed(block, event)];
    }
    const key = `${event.stream}:${event.callId}`;
    const known = outputs.get(key);
    if (known !== undefined) return feed(known, event);
    const [oldest] = outputs.size >= OPEN_OUTPUTS ? outputs.keys() : [];
    const before = oldest === undefined ? [] : endOutput(oldest);
    const open = { last: event, stream: createStream(automaton) };
    outputs.set(key, open);
    return [...before, ...feed(open, event)];
  }

  return {
    push(event) {
      switch (event.type) {
        case "text.delta":
        case "thinking.delta":
        case "tool.output":
          return delta(mapStrings(event, redactText, FIXED_AND_TEXT));
        case "tool.started":
        case "tool.finished": {
          const clean = mapStrings(event, redactText, FIXED);
          return [...(event.type === "tool.started" ? endBlock() : []), ...endCall(clean.callId), clean];
        }
        case "model.retried":
          return [...endBlock(), mapStrings(event, redactText, FIXED)];
        case "log.line":
        case "warning.raised":
          // They stand between two parts of a text. What is there by chance comes before them and is remembered; a real beginning waits.
          return [...(block !== undefined && block.stream.pending() < CHANCE ? release(block) : []), mapStrings(event, redactText, FIXED)];
        default:
          return [mapStrings(event, redactText, FIXED)];
      }
    },
    flush: () => [...endBlock(), ...[...outputs.keys()].flatMap(endOutput)],
  };
}

/** One text, in parts, without its secrets. */
interface Stream {
  feed(text: string): string;
  /** Gives out what is held back, and still remembers it: a secret that goes on from there loses its rest. */
  release(): string;
  /** Characters held back. */
  pending(): number;
}

function createStream({ classes, width, next, longest, hold }: Automaton): Stream {
  let state = 0;
  /** The end of the text that a secret may begin with; its first `given` characters have been given out. */
  let tail = "";
  let given = 0;
  /** True when the last of what was given out was a placeholder. */
  let hidden = false;
  /** Where secrets lie in `tail`, from and to; sorted, those that overlap are one. */
  let marks: [number, number][] = [];

  function mark(from: number, to: number): void {
    let start = from;
    for (let last = marks.at(-1); last !== undefined && last[1] > start; last = marks.at(-1)) {
      start = Math.min(start, last[0]);
      marks.pop();
    }
    marks.push([start, to]);
  }

  /** Gives out what lies before `border`, and the placeholder of a secret that begins there. */
  function give(buffer: string, border: number): string {
    let out = "";
    let at = given;
    const later = marks.filter(([from]) => from >= border);
    for (const [from, to] of marks.slice(0, marks.length - later.length)) {
      if (from >= at) out += buffer.slice(at, from) + PLACEHOLDER;
      else if (!hidden) out += PLACEHOLDER;
      at = to;
      hidden = true;
    }
    if (at < border) {
      out += buffer.slice(at, border);
      at = border;
      hidden = false;
    }
    marks = later;
    given = at;
    return out;
  }

  return {
    feed(text) {
      const before = tail.length;
      for (let at = 0; at < text.length; at += 1) {
        state = next[state * width + (classes[text.charCodeAt(at)] ?? 0)] ?? 0;
        const found = longest[state] ?? 0;
        if (found > 0) mark(before + at + 1 - found, before + at + 1);
      }
      const held = hold[state] ?? 0;
      if (before === 0 && held === 0 && marks.length === 0) {
        if (text !== "") hidden = false;
        return text;
      }
      const buffer = tail + text;
      const border = buffer.length - held;
      const out = give(buffer, border);
      // A copy: a slice would keep the whole text that it is cut from in memory.
      tail = Buffer.from(buffer.slice(border), "utf16le").toString("utf16le");
      given -= border;
      marks = marks.map(([from, to]) => [from - border, to - border]);
      return out;
    },
    release: () => give(tail, tail.length),
    pending: () => tail.length - given,
  };
}

/** Aho and Corasick's: reads a text once, character by character, and knows all secrets that end there or may begin. */
interface Automaton {
  /** UTF-16 unit → its class; 0 is in no secret. */
  classes: Uint16Array;
  /** Number of classes. */
  width: number;
  /** state × width + class → state. */
  next: Int32Array;
  /** Length of the longest secret that ends in a state, or 0. */
  longest: Int32Array;
  /** Length of the longest end that a secret begins with and goes on from. */
  hold: Int32Array;
}

function buildAutomaton(secrets: readonly string[]): Automaton {
  const classes = new Uint16Array(65_536);
  let width = 1;
  for (const secret of secrets) for (let at = 0; at < secret.length; at += 1) classes[secret.charCodeAt(at)] ||= width++;
  const most = secrets.reduce((sum, { length }) => sum + length, 1);
  const next = new Int32Array(most * width);
  const longest = new Int32Array(most);
  const hold = new Int32Array(most);
  const fallback = new Int32Array(most);
  let states = 1;
  for (const secret of secrets) {
    let state = 0;
    for (let at = 0; at < secret.length; at += 1) {
      const place = state * width + (classes[secret.charCodeAt(at)] ?? 0);
      hold[state] = at;
      state = next[place] ||= states++;
    }
    longest[state] = secret.length;
  }
  // Breadth first, since a state's fallback is shorter than the state: what is missing in it is taken from there.
  const queue = [0];
  for (const state of queue) {
    const back = fallback[state] ?? 0;
    longest[state] ||= longest[back] ?? 0;
    hold[state] ||= hold[back] ?? 0;
    for (let at = state * width; at < (state + 1) * width; at += 1) {
      const beyond = state === 0 ? 0 : (next[back * width + (at - state * width)] ?? 0);
      const child = next[at] ?? 0;
      if (child === 0) next[at] = beyond;
      else {
        fallback[child] = beyond;
        queue.push(child);
      }
    }
  }
  return { classes, width, next, longest, hold };
}

/** How one secret may look in an output. */
function forms(secret: string): string[] {
  const text = plainText(secret.trim());
  if (text.length < SHORTEST) return [];
  const lines = text.split(/\r?\n/).filter((line) => line.length >= SHORTEST_LINE && !line.startsWith("-----"));
  const url = new URL("http://host");
  url.password = text;
  const encoded = [encodeURIComponent(text), url.password, new URLSearchParams([["", text]]).toString().slice(1)];
  const lowered = encoded.map((form) => form.replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase()));
  const escaped = escapeJson(text);
  const ascii = escaped.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return [text, ...lines, escaped, escapeJson(escaped), ascii, ...encoded, ...lowered, ...base64Forms(Buffer.from(text))];
}

function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** By itself, and as it looks within longer bytes at each of the three places that it can have there: `user:secret` is sent so. */
function base64Forms(bytes: Buffer): string[] {
  const whole = bytes.toString("base64");
  const within = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      // Characters that hold bits of a neighbour are left out.
      .slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6)),
  );
  const standard = [whole, whole.replace(/=+$/, ""), ...within];
  return [...standard, ...standard.map((form) => form.replaceAll("+", "-").replaceAll("/", "_"))];
}
