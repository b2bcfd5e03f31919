import type { RunEvent } from "@/lib/run/events";

/** Neighbouring events of one run as text: what viewers are sent is what the log holds, so nobody in between has to parse it. */
export interface EncodedEvents {
  /** `seq` of the first and of the last. */
  first: number;
  last: number;
  /** The events as JSON objects, with a comma between two: the inside of an array. */
  json: string;
}

/** `events` are dense and not empty. */
export function encodeEvents(events: readonly RunEvent[]): EncodedEvents {
  const json = events.map((event) => JSON.stringify(event)).join(",");
  return { first: events[0]?.seq ?? 0, last: events.at(-1)?.seq ?? 0, json };
}

/** Written by this server and never by anybody else: parsed as JSON, not validated again. */
export function decodeEvents({ json }: EncodedEvents): RunEvent[] {
  return JSON.parse(`[${json}]`) as RunEvent[];
}

/**
 * Stored lines are events without what their place says: `runId` and `seq`. `lines` are dense from `first` on, one JSON object each; those up
 * to `after` are left out. Undefined when that leaves none.
 */
export function encodeStored(runId: string, first: number, lines: readonly string[], after: number): EncodedEvents | undefined {
  const skipped = Math.max(0, after + 1 - first);
  if (skipped >= lines.length) return undefined;
  const begin = `{"runId":${JSON.stringify(runId)},"seq":`;
  const json = lines
    .slice(skipped)
    .map((line, at) => `${begin}${first + skipped + at},${line.slice(1)}`)
    .join(",");
  return { first: first + skipped, last: first + lines.length - 1, json };
}
