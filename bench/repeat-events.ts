import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { NewRunEvent, RunEvent } from "@/lib/run/events";

const fixtures = fileURLToPath(new URL("../lib/run/__fixtures__/", import.meta.url));
/** The recording with a variation for every index that the others use. */
const FIRST = "five-one-failed.jsonl";

/**
 * `count` events of one long run, made of the recorded ones: the start of one recording, then what agents said and did in all of them, over
 * and over with new names for blocks and calls. In batches as they were recorded: what was logged together has one time.
 */
export function repeatEvents(count: number): NewRunEvent[][] {
  const names = readdirSync(fixtures).filter((name) => name.endsWith(".jsonl"));
  const recorded = new Map(names.map((name) => [name, readRecording(name)]));
  const first = recorded.get(FIRST) ?? [];
  const work = [...recorded.values()].flat().filter(isWork);
  const start = first.filter(({ event }) =>
    /^(run\.(created|base_pinned|started)|variation\.(queued|preparing|started))$/.test(event.type),
  );
  const batches: NewRunEvent[][] = start.map((event) => [event]);
  let time = start.at(-1)?.at ?? 0;
  let recordedAt = time;
  for (let index = 0; index < count - start.length; index += 1) {
    const original = work[index % work.length];
    if (original === undefined) throw new Error("the recordings hold no work");
    const sameBatch = original.at === recordedAt && index % work.length > 0;
    recordedAt = original.at;
    if (!sameBatch) time += 40;
    const event = renamed(original, time, Math.floor(index / work.length));
    if (sameBatch) batches.at(-1)?.push(event);
    else batches.push([event]);
  }
  return batches;
}

function readRecording(name: string): NewRunEvent[] {
  const lines = readFileSync(`${fixtures}${name}`, "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const { runId: _runId, seq: _seq, ...event } = JSON.parse(line) as RunEvent;
    return event;
  });
}

function isWork({ event, variation }: NewRunEvent): boolean {
  return variation !== undefined && !event.type.startsWith("variation.") && event.type !== "selection.made";
}

function renamed(original: NewRunEvent, at: number, repetition: number): NewRunEvent {
  const { event } = original;
  if ("block" in event) return { ...original, at, event: { ...event, block: `${repetition}.${event.block}` } };
  if ("callId" in event && event.callId !== undefined)
    return { ...original, at, event: { ...event, callId: `${repetition}.${event.callId}` } };
  return { ...original, at };
}
