import { describe, expect, it } from "vitest";
import type { RunEvent, RunEventBody } from "@/lib/run/events";
import { emptyRun } from "@/lib/run/state";
import { createRunStore, type RunStore } from "./run-store";

const runId = "storerun0001";
const created: RunEventBody = {
  type: "run.created",
  prompt: "p",
  projectId: "p",
  repositoryUrl: "u",
  repositoryName: "n",
  variations: [{ agent: "builtin", model: "demo" }],
};
const text = (seq: number): RunEvent => ({
  runId,
  seq,
  at: seq,
  variation: 0,
  attempt: 0,
  event: { type: "text.delta", block: "b", text: `${seq};` },
});
const first: RunEvent = { runId, seq: 1, at: 1, event: created };

function setUp(): { store: RunStore; frame: () => void; asked: () => number } {
  const pending: (() => void)[] = [];
  let asked = 0;
  const store = createRunStore({
    initial: emptyRun(runId),
    schedule: (flush) => {
      asked += 1;
      pending.push(flush);
    },
  });
  return { store, frame: () => pending.splice(0).forEach((flush) => flush()), asked: () => asked };
}

describe("the store of a run", () => {
  it("tells its readers once per frame, whatever came in between", () => {
    const { store, frame, asked } = setUp();
    let told = 0;
    store.subscribe(() => (told += 1));
    store.apply([first]);
    store.apply([text(2)]);
    store.apply([text(3), text(4)]);
    expect([told, asked(), store.lastSeq(), store.getState().lastSeq]).toEqual([0, 1, 4, 0]);
    frame();
    expect([told, store.getState().lastSeq]).toEqual([1, 4]);
    expect(store.getState().variations[0]?.items).toEqual([{ kind: "text", seq: 2, block: "b", text: "2;3;4;", retracted: false }]);
  });

  it("ignores what it has already folded, also inside a batch", () => {
    const { store, frame, asked } = setUp();
    store.apply([first, text(2)]);
    frame();
    const before = store.getState();
    expect(store.apply([first, text(2)])).toEqual({ gap: false });
    expect(asked()).toBe(1);
    expect(store.getState()).toBe(before);
    expect(store.apply([text(2), text(3)])).toEqual({ gap: false });
    expect(store.lastSeq()).toBe(3);
  });

  it("reports a gap and folds nothing behind it", () => {
    const { store, frame } = setUp();
    store.apply([first]);
    expect(store.apply([text(2), text(4), text(5)])).toEqual({ gap: true });
    expect(store.lastSeq()).toBe(2);
    expect(store.apply([text(3), text(4), text(5)])).toEqual({ gap: false });
    frame();
    expect(store.getState().variations[0]?.items).toMatchObject([{ text: "2;3;4;5;" }]);
  });

  it("asks for a new frame after one has been shown", () => {
    const { store, frame, asked } = setUp();
    store.apply([first]);
    frame();
    store.apply([text(2)]);
    frame();
    expect([asked(), store.getState().lastSeq]).toEqual([2, 2]);
  });
});
