import type { RunEvent } from "@/lib/run/events";
import { type EncodedEvents, encodeEvents } from "../storage/encoded-events";

/** Newest events kept, so that a hundred viewers of a live run cost one read of the log and one encoding, not a hundred. */
const TAIL_EVENTS = 4_096;
/** Characters in one answer, but for a last part that goes beyond. */
const READ_CHARACTERS = 512 * 1024;

/** The newest events of one run, as they were committed. */
export interface RunTail {
  add(events: readonly RunEvent[]): void;
  /** Highest `seq`; 0 before the first. */
  head(): number;
  /** True when everything after `after` is here. */
  reaches(after: number): boolean;
  /** What follows `after`: about `limit` events at most; undefined when nothing does. */
  read(after: number, limit: number): EncodedEvents | undefined;
}

interface Part {
  first: number;
  last: number;
  events: readonly RunEvent[];
  /** Made when the first viewer asks. */
  encoded?: EncodedEvents;
}

/** See `RunTail`. */
export function createRunTail(): RunTail {
  let parts: Part[] = [];
  let count = 0;
  /** Viewers of a live run stand at the same place: most ask for what was asked for last. */
  let answered: EncodedEvents | undefined;

  function forget(): void {
    let from = 0;
    for (; count > TAIL_EVENTS / 2 && from < parts.length - 1; from += 1) count -= parts[from]?.events.length ?? 0;
    parts = parts.slice(from);
  }

  /** The part that holds `seq`, by halving: parts are dense. */
  function indexOf(seq: number): number {
    let low = 0;
    let high = parts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((parts[middle]?.last ?? Infinity) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function collect(after: number, limit: number): EncodedEvents | undefined {
    const pieces: EncodedEvents[] = [];
    let characters = 0;
    for (let at = indexOf(after + 1); at < parts.length && characters < READ_CHARACTERS; at += 1) {
      const part = parts[at];
      if (part === undefined || part.first > after + limit) break;
      const piece = within(part, after + 1, pieces.length === 0 ? after + limit : part.last);
      pieces.push(piece);
      characters += piece.json.length;
    }
    const [first] = pieces;
    const last = pieces.at(-1);
    if (first === undefined || last === undefined) return undefined;
    return pieces.length === 1 ? first : { first: first.first, last: last.last, json: pieces.map(({ json }) => json).join(",") };
  }

  return {
    add(events) {
      const first = events[0]?.seq;
      if (first === undefined) return;
      parts.push({ first, last: events.at(-1)?.seq ?? first, events });
      count += events.length;
      if (count > TAIL_EVENTS) forget();
      answered = undefined;
    },
    head: () => parts.at(-1)?.last ?? 0,
    reaches: (after) => after >= (parts[0]?.first ?? Infinity) - 1,
    read(after, limit) {
      if (answered?.first !== after + 1) answered = collect(after, limit);
      return answered;
    },
  };
}

/** Its events from `first` to `last`: the same text for everybody who wants all of them. */
function within(part: Part, first: number, last: number): EncodedEvents {
  if (first > part.first || last < part.last)
    return encodeEvents(part.events.slice(Math.max(0, first - part.first), last + 1 - part.first));
  part.encoded ??= encodeEvents(part.events);
  return part.encoded;
}
