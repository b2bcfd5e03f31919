import { expect, test } from "vitest";
import type { RunMessage } from "@/lib/run/message-state";
import type { RunState } from "@/lib/run/state";
import type { DraftComment } from "./draft-store";
import { openComments, threadState, threadsOf } from "./threads";

const on = { kind: "lines", path: "a.ts", variation: 1, commit: "b1", blob: "x", from: 1, to: 1, quote: "one" } as const;
const message = (part: Partial<RunMessage>): RunMessage => ({
  id: "m",
  seq: 1,
  at: 1,
  text: "",
  by: "dev",
  to: [1],
  comments: [{ id: "m-1", on, text: "Why?" }],
  delivered: {},
  withdrawn: [],
  ...part,
});
const draft: DraftComment = {
  id: "d",
  on: { kind: "lines", at: "b1", path: "a.ts", from: 1, to: 1 },
  place: "a.ts:1",
  quote: "one",
  text: "",
  port: false,
};

test("what was sent comes first, what is being written last", () => {
  expect(threadsOf({ messages: [message({})] }, [draft]).map(({ id }) => id)).toEqual(["m-1", "d"]);
});

test("replies belong to the thread that they go on, also while they are written", () => {
  const reply = message({ id: "n", comments: [{ id: "n-1", on, text: "And?", reply: { to: "m-1", earlier: ["Why?"] } }] });
  const [thread, ...others] = threadsOf({ messages: [message({}), reply] }, [{ ...draft, replyTo: "m-1" }]);
  expect(others).toEqual([]);
  expect(thread?.sent.map(({ comment }) => comment.text)).toEqual(["Why?", "And?"]);
  expect(thread?.drafts).toHaveLength(1);
});

test("a thread is as far as the recipient that is behind the others", () => {
  const ended = { attempt: 1, status: "completed", snapshots: [{ commit: "b2", attempt: 1, reason: "turn" }] };
  const working = { attempt: 1, status: "running", snapshots: [] };
  const state = (one: object, other: object, sent: Partial<RunMessage>): string => {
    const run = { variations: [one, other], resolved: [] as string[] } as unknown as RunState;
    const [thread] = threadsOf({ messages: [message(sent)] }, []);
    return thread === undefined ? "" : threadState(run, thread);
  };
  expect(state(ended, ended, { to: [0, 1], delivered: { 0: 1, 1: 1 } })).toBe("answered");
  expect(state(ended, working, { to: [0, 1], delivered: { 0: 1, 1: 1 } })).toBe("working");
  expect(state(ended, working, { to: [0, 1], delivered: { 0: 1 } })).toBe("queued");
  expect(state(ended, { ...ended, snapshots: [] }, { delivered: { 1: 1 } })).toBe("unanswered");
  // Who lost it does not count.
  expect(state(ended, working, { to: [0, 1], delivered: { 0: 1 }, withdrawn: [1] })).toBe("answered");
});

test("a file counts its open threads and its drafts", () => {
  const messages = [message({}), message({ id: "n", comments: [{ id: "n-1", on, text: "Settled." }] })];
  expect([...openComments({ messages, resolved: ["n-1"] }, [draft])]).toEqual([["a.ts", { threads: 1, drafts: 1 }]]);
});
