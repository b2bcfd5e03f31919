import { describe, expect, it } from "vitest";
import type { RunEventBody } from "@/lib/run/events";
import { reduceRun } from "@/lib/run/reduce";
import { emptyRun, type VariationState } from "@/lib/run/state";
import { createFinder, numberOf, occurrences, placeAt } from "./find-matches";

function variations(bodies: readonly (readonly [variation: number, body: RunEventBody])[]): readonly VariationState[] {
  const created: RunEventBody = {
    type: "run.created",
    prompt: "p",
    projectId: "p",
    repositoryUrl: "u",
    repositoryName: "n",
    variations: [
      { agent: "builtin", model: "demo" },
      { agent: "builtin", model: "demo" },
    ],
  };
  const events = [[undefined, created] as const, ...bodies];
  return reduceRun(
    emptyRun("r"),
    events.map(([variation, event], at) => ({ runId: "r", seq: at + 1, at: 0, variation, event })),
  ).variations;
}

const transcripts = variations([
  [0, { type: "text.delta", block: "1", text: "Retry the retry." }],
  [1, { type: "text.delta", block: "1", text: "Nothing here" }],
  [0, { type: "tool.started", callId: "c", tool: "command", kind: "command", title: "npm test -- retry" }],
  [0, { type: "tool.output", callId: "c", stream: "stdout", text: "\u001b[32mRETRY\u001b[0m passed\nretry, re\u001b[1mtry" }],
  [0, { type: "output.truncated", callId: "c", droppedBytes: 500, limitBytes: 1 }],
  [1, { type: "thinking.delta", block: "2", text: "retry?" }],
]);

describe("finding in transcripts", () => {
  it("finds whatever the case, without overlaps, and nothing for nothing", () => {
    expect(occurrences("aAa aa", "AA")).toEqual([0, 4]);
    expect(occurrences("abc", "")).toEqual([]);
  });

  it("counts pane by pane, in what is folded too, and says what is not there to be searched", () => {
    const result = createFinder("retry")(transcripts);
    expect(result.items).toEqual([
      { variation: 0, seq: 2, count: 2 },
      { variation: 0, seq: 4, count: 4 },
      { variation: 1, seq: 7, count: 1 },
    ]);
    expect(result).toMatchObject({ total: 7, missing: 500 });
  });

  it("leads from a number to its place and back", () => {
    const result = createFinder("retry")(transcripts);
    expect(placeAt(result, 0)).toEqual({ variation: 0, seq: 2, at: 0 });
    expect(placeAt(result, 5)).toEqual({ variation: 0, seq: 4, at: 3 });
    expect(placeAt(result, 6)).toEqual({ variation: 1, seq: 7, at: 0 });
    expect(placeAt(result, 7)).toBeUndefined();
    for (let number = 0; number < result.total; number += 1) {
      const place = placeAt(result, number);
      expect(place && numberOf(result, place)).toBe(number);
    }
    expect(numberOf(result, { variation: 0, seq: 2, at: 2 })).toBeUndefined();
    expect(numberOf(result, { variation: 0, seq: 99, at: 0 })).toBeUndefined();
  });

  it("finds what came since", () => {
    const find = createFinder("more");
    expect(find(transcripts).total).toBe(0);
    const [a, b] = transcripts;
    if (a === undefined || b === undefined) throw new Error("two variations");
    const grown: VariationState = {
      ...b,
      items: [...b.items, { kind: "text", seq: 9, block: "3", text: "more and more", retracted: false }],
    };
    expect(find([a, grown])).toMatchObject({ total: 2, items: [{ variation: 1, seq: 9, count: 2 }] });
  });
});
