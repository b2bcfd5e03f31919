import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { RunEvent } from "@/lib/run/events";
import { reduceRun } from "@/lib/run/reduce";
import { emptyRun } from "@/lib/run/state";
import { createOutline } from "./run-outline";

const recording = readFileSync(new URL("../run/__fixtures__/demo-three.jsonl", import.meta.url), "utf8");
const events = recording
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as RunEvent);

it("is the same while agents speak, and another one as soon as anything else happens", () => {
  const outline = createOutline();
  let run = emptyRun(events[0]?.runId ?? "");
  let spoken = 0;
  for (const event of events) {
    const before = outline(run);
    run = reduceRun(run, [event]);
    const same = outline(run) === before;
    if (/^(text|thinking)\.delta$|^tool\.(started|output|finished)$|^log\.line$/.test(event.event.type)) {
      spoken += 1;
      expect(same, event.event.type).toBe(true);
    }
    if (/^(run\.|usage\.|snapshot\.|file\.|plan\.|variation\.(preparing|started|completed))/.test(event.event.type))
      expect(same, event.event.type).toBe(false);
    expect(outline(run).variations.map(({ status, usage, files }) => [status, usage, files])).toEqual(
      run.variations.map(({ status, usage, files }) => [status, usage, files]),
    );
  }
  expect(spoken).toBeGreaterThan(50);
});
