import { describe, expect, it } from "vitest";
import type { RunEvent } from "@/lib/run/events";
import { decodeEvents } from "../storage/encoded-events";
import { createRunTail, type RunTail } from "./run-tail";

const event = (seq: number, text = `${seq}`): RunEvent => ({
  runId: "runtail000001",
  seq,
  at: seq,
  event: { type: "text.delta", block: "t", text },
});
const events = (from: number, to: number): RunEvent[] => Array.from({ length: to - from + 1 }, (_, at) => event(from + at));
const numbers = (tail: RunTail, after: number, limit: number): number[] => {
  const encoded = tail.read(after, limit);
  const read = encoded === undefined ? [] : decodeEvents(encoded);
  if (encoded !== undefined) expect([read[0]?.seq, read.at(-1)?.seq]).toEqual([encoded.first, encoded.last]);
  return read.map(({ seq }) => seq);
};

describe("the tail of a run", () => {
  it("answers what follows, from the middle of a part too", () => {
    const tail = createRunTail();
    tail.add(events(5, 7));
    tail.add(events(8, 8));
    tail.add(events(9, 12));
    expect([tail.head(), tail.reaches(3), tail.reaches(4)]).toEqual([12, false, true]);
    for (let after = 4; after <= 12; after += 1) expect(numbers(tail, after, 100)).toEqual(events(after + 1, 12).map(({ seq }) => seq));
    expect(numbers(tail, 4, 2)).toEqual([5, 6]);
    expect(numbers(tail, 6, 3)).toEqual([7, 8, 9, 10, 11, 12]);
  });

  it("answers viewers at one place with one text, and later ones with what came since", () => {
    const tail = createRunTail();
    tail.add(events(1, 3));
    expect(tail.read(0, 100)).toBe(tail.read(0, 100));
    tail.add(events(4, 4));
    expect(numbers(tail, 0, 100)).toEqual([1, 2, 3, 4]);
    expect(numbers(tail, 4, 100)).toEqual([]);
  });

  it("forgets what is old and says so, and cuts what is large", () => {
    const tail = createRunTail();
    for (let seq = 1; seq <= 10_000; seq += 2) tail.add(events(seq, seq + 1));
    expect(tail.reaches(0)).toBe(false);
    expect(tail.reaches(9_000)).toBe(true);
    expect(numbers(tail, 9_990, 500)).toEqual(events(9_991, 10_000).map(({ seq }) => seq));
    const large = createRunTail();
    for (let seq = 1; seq <= 20; seq += 1) large.add([event(seq, "x".repeat(100_000))]);
    expect(large.read(0, 500)?.last).toBe(6);
  });
});
