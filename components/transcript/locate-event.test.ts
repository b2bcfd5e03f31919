import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { RunEvent } from "@/lib/run/events";
import { reduceRun } from "@/lib/run/reduce";
import { emptyRun } from "@/lib/run/state";
import { eventOfHash, placeOfEvent, placeOfItem } from "./locate-event";

const events = readFileSync(new URL("../../lib/run/__fixtures__/demo-three.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as RunEvent);
const run = reduceRun(emptyRun(events[0]?.runId ?? ""), events);

describe("where an event is shown", () => {
  it("reads the address", () => {
    expect(eventOfHash("#event=17")).toBe(17);
    for (const other of ["", "#event=", "#event=0", "#event=-1", "#event=1x", "#main"]) expect(eventOfHash(other)).toBeUndefined();
  });

  it("finds the item that an event began", () => {
    for (const variation of run.variations)
      for (const { seq } of variation.items) expect(placeOfItem(run, seq)).toEqual({ variation: variation.index, seq });
    expect(placeOfItem(run, 1)).toBeUndefined();
  });

  it("finds a place in the right pane for every event of a variation, and none for the run's own", () => {
    for (const event of events) {
      const place = placeOfEvent(run, event);
      if (event.variation === undefined) expect(place).toBeUndefined();
      else expect(place?.variation).toBe(event.variation);
    }
  });

  it("leads from a tool's output and end to its call", () => {
    const started = new Map(events.flatMap(({ event, seq }) => (event.type === "tool.started" ? [[event.callId, seq] as const] : [])));
    const ended = events.filter(({ event }) => event.type === "tool.finished");
    expect(ended.length).toBeGreaterThan(3);
    for (const one of ended) {
      if (one.event.type !== "tool.finished") continue;
      const call = run.variations[one.variation ?? 0]?.items.find((item) => item.seq === placeOfEvent(run, one)?.seq);
      expect(call?.kind).toBe("tool");
      expect(started.get(one.event.callId)).toBeDefined();
    }
  });
});
