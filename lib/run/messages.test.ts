import { describe, expect, it } from "vitest";
import type { RunCommand } from "./commands";
import type { Comment } from "./comment-schema";
import { decideRun } from "./decide";
import { earlierTurns, lastWord, recordOf } from "./earlier-turns";
import type { NewRunEvent, RunEventBody } from "./events";
import { runEventBodySchema } from "./events";
import { turnOfAttempt, waitingMessages } from "./message-state";
import { messageText } from "./message-text";
import { reduceRun } from "./reduce";
import { emptyRun, type RunState } from "./state";

const runId = "testrun000001";
const specs = (count: number) => Array.from({ length: count }, () => ({ agent: "builtin", model: "demo" }));

function apply(state: RunState, events: readonly NewRunEvent[]): RunState {
  return reduceRun(
    state,
    events.map((event, index) => ({ runId, seq: state.lastSeq + 1 + index, ...event })),
  );
}

function play(state: RunState, ...commands: RunCommand[]): { state: RunState; said: string[][] } {
  const said: string[][] = [];
  let now = state;
  for (const command of commands) {
    const decision = decideRun(now, command, 5);
    said.push("events" in decision ? decision.events.map(({ event }) => event.type) : [decision.rejected.code]);
    if ("events" in decision) {
      // What is decided can be stored and read again.
      for (const { event } of decision.events) expect(runEventBodySchema.parse(JSON.parse(JSON.stringify(event)))).toEqual(event);
      now = apply(now, decision.events);
    }
  }
  return { state: now, said };
}

const begin = (variation: number, attempt = 0): RunCommand[] => [
  { type: "variation.prepare", variation },
  { type: "variation.start", variation, attempt, executor: "local", sandbox: "s" },
];
const end = (variation: number, attempt = 0, kind: "completed" | "failed" = "completed"): RunCommand => ({
  type: "variation.finish",
  variation,
  attempt,
  outcome:
    kind === "completed" ? { kind, summary: `done ${attempt}` } : { kind, failure: { code: "agent_error", message: "no", remedy: "r" } },
});
const send = (id: string, to: number[], text = id): RunCommand => ({ type: "message.send", id, text, to, by: "you", comments: [] });
const snapshot = (state: RunState, variation: number, attempt: number, commit: string): RunState =>
  apply(state, [
    {
      at: 4,
      variation,
      attempt,
      event: { type: "snapshot.taken", commit, tree: `t${commit}`, reason: "final", files: 1, added: 1, deleted: 0 },
    },
  ]);
const say = (state: RunState, variation: number, attempt: number, event: RunEventBody): RunState =>
  apply(state, [{ at: 4, variation, attempt, event }]);

function started(variations = 2): RunState {
  const created = {
    type: "run.created" as const,
    prompt: "p",
    projectId: "p",
    repositoryUrl: "u",
    repositoryName: "n",
    variations: specs(variations),
  };
  const state = apply(emptyRun(runId), [{ at: 1, event: created }]);
  const pin: RunCommand = { type: "run.pin_base", commit: "base", submodules: 0, lfsPointers: 0 };
  const all = Array.from({ length: variations }, (_, variation) => begin(variation)).flat();
  return play(state, pin, ...all).state;
}

function ended(): RunState {
  const one = snapshot(started(), 0, 0, "c0");
  return play(one, end(0), end(1, 0, "failed"), { type: "run.settle" }).state;
}

describe("messages", () => {
  it("one to variations that have ended reopens the run, and each goes on in its own tree", () => {
    const before = ended();
    expect(before.status).toBe("completed");
    const { state, said } = play(before, send("m1", [1, 0]));
    expect(said).toEqual([["message.sent", "variation.requeued", "variation.requeued"]]);
    expect(state.status).toBe("running");
    expect(state.variations[0]).toMatchObject({
      status: "queued",
      attempt: 1,
      snapshot: { commit: "c0" },
      continues: { messages: ["m1"] },
    });
    // The one that failed before it had a tree begins at the base.
    expect(state.variations[1]?.continues).toMatchObject({ messages: ["m1"], snapshot: undefined });
    expect(state.variations[1]?.items.at(-1)).toMatchObject({ kind: "message", ended: { status: "failed", text: "no" } });
    expect(state.messages[0]).toMatchObject({ to: [0, 1], delivered: { 0: 1, 1: 1 } });
  });

  it("those to an agent at work wait, and all are given at its end, together with it", () => {
    const first = play(started(), send("m1", [0]), send("m2", [0, 1]));
    expect(first.said).toEqual([["message.sent"], ["message.sent"]]);
    expect(waitingMessages(first.state, 0).map(({ id }) => id)).toEqual(["m1", "m2"]);
    const { state, said } = play(snapshot(first.state, 0, 0, "c0"), end(0), { type: "run.settle" });
    expect(said).toEqual([["variation.completed", "variation.requeued"], []]);
    expect(state.variations[0]).toMatchObject({ attempt: 1, continues: { messages: ["m1", "m2"], snapshot: { commit: "c0" } } });
    expect(waitingMessages(state, 0)).toEqual([]);
    expect(waitingMessages(state, 1).map(({ id }) => id)).toEqual(["m2"]);
    // Whoever says it a second time changes nothing.
    expect(play(state, end(0), send("m1", [0])).said).toEqual([[], []]);
  });

  it("a stopped agent does not start again by itself; the next message brings the ones that were kept", () => {
    const stopped = play(started(), send("m1", [0]), { type: "variation.stop", variation: 0 }, end(0));
    expect(stopped.said.at(-1)).toEqual(["variation.cancelled"]);
    const { state, said } = play(stopped.state, send("m2", [0]));
    expect(said).toEqual([["message.sent", "variation.requeued"]]);
    expect(state.variations[0]?.continues?.messages).toEqual(["m1", "m2"]);
  });

  it("can be taken back until they are given", () => {
    const { state, said } = play(
      started(),
      send("m1", [0, 1]),
      { type: "message.withdraw", id: "m1", variation: 0, by: "you" },
      end(0),
      end(1),
      { type: "message.withdraw", id: "m1", by: "you" },
      { type: "message.withdraw", id: "m9", by: "you" },
    );
    expect(said.slice(1)).toEqual([
      ["message.withdrawn"],
      ["variation.completed"],
      ["variation.completed", "variation.requeued"],
      ["conflict"],
      ["not_found"],
    ]);
    expect(state.messages[0]).toMatchObject({ withdrawn: [0], delivered: { 1: 1 } });
  });

  it("a retry of a follow-up begins where that began, with the same messages", () => {
    const sent = play(ended(), send("m1", [0]), ...begin(0, 1)).state;
    const worse = snapshot(sent, 0, 1, "c1");
    const { state } = play(worse, end(0, 1, "failed"), { type: "variation.retry", variation: 0 });
    expect(state.variations[0]).toMatchObject({ attempt: 2, snapshot: { commit: "c0" }, continues: { messages: ["m1"] } });
    expect(state.messages[0]?.delivered).toEqual({ 0: 2 });
    expect(earlierTurns(state.variations[0]?.items ?? [])).toHaveLength(1);
    // A second follow-up stands on the first one's end.
    const again = play(snapshot(play(state, ...begin(0, 2)).state, 0, 2, "c2"), end(0, 2), send("m2", [0])).state;
    expect(again.variations[0]).toMatchObject({ attempt: 3, snapshot: { commit: "c2" } });
    const variation = again.variations[0];
    expect(variation && [turnOfAttempt(variation, 0), turnOfAttempt(variation, 2), turnOfAttempt(variation, 3)]).toEqual([1, 3, undefined]);
  });

  it("a retry on a fresh tree begins the conversation again", () => {
    const failed = play(started(1), end(0, 0, "failed"), { type: "variation.retry", variation: 0 }, ...begin(0, 1), end(0, 1)).state;
    const { state } = play(failed, send("m1", [0]));
    const turns = earlierTurns(state.variations[0]?.items ?? []);
    expect(turns).toHaveLength(1);
    expect(turns[0] && lastWord(turns[0])).toBe("done 1");
  });

  it("refuses a recipient that the run does not have", () => {
    expect(play(started(), send("m1", [4])).said).toEqual([["not_found"]]);
  });
});

describe("what the agent is told", () => {
  it("is a bounded record: words, calls and how they went; what was read is not repeated", () => {
    let state = started(1);
    state = say(state, 0, 0, { type: "text.delta", block: "t1", text: "I look." });
    state = say(state, 0, 0, { type: "tool.started", callId: "1", tool: "read", kind: "read", title: "src/a.ts" });
    state = say(state, 0, 0, { type: "tool.output", callId: "1", stream: "result", text: "SECRET CONTENT" });
    state = say(state, 0, 0, { type: "tool.finished", callId: "1", ok: true, durationMs: 1, summary: "1–10" });
    state = say(state, 0, 0, { type: "tool.started", callId: "2", tool: "command", kind: "command", title: "npm test" });
    state = say(state, 0, 0, { type: "tool.output", callId: "2", stream: "stdout", text: "x".repeat(100_000) });
    state = say(state, 0, 0, { type: "tool.finished", callId: "2", ok: false, durationMs: 1, exitCode: 1 });
    const { state: after } = play(state, end(0), send("m1", [0]));
    const record = recordOf(earlierTurns(after.variations[0]?.items ?? []));
    expect(record).toContain("## The prompt\n\nI look.\n\n- read: src/a.ts (ok, 1–10)\n\n- command: npm test (failed)\nxxx");
    expect(record).not.toContain("SECRET CONTENT");
    expect(record.length).toBeLessThan(2_000);
  });

  it("has comments with their place, their lines and their blob, in the recipient's own terms", () => {
    const comment: Comment = {
      id: "c",
      text: "Use a constant.",
      on: {
        kind: "lines",
        path: "src/a.ts",
        variation: 1,
        commit: "c".repeat(40),
        blob: "b".repeat(40),
        from: 3,
        to: 4,
        quote: "const a = 3;\n",
      },
    };
    const message = (comments: Comment[]) => ({
      id: "m",
      seq: 1,
      at: 1,
      text: "Please:",
      by: "you",
      to: [0, 1],
      comments,
      delivered: {},
      withdrawn: [],
    });
    expect(messageText([message([comment])], 1)).toBe(
      "Please:\n\nComment on `src/a.ts:3-4` in your tree (blob bbbbbbbbbbbb):\n\n> const a = 3;\n>\n\nUse a constant.",
    );
    expect(messageText([message([comment])], 0)).toContain("in variation B, another agent's work");
    const reply = messageText([message([{ ...comment, text: "Both.", reply: { to: "m-1", earlier: ["One\nline.", "Two."] } }])], 1);
    expect(reply).toContain("oldest first:\n\n- One\n  line.\n- Two.\n\nBoth.");
    const port = messageText([message([{ ...comment, text: "", port: "--- a\n+++ b\n+```\n" }])], 0);
    expect(port).toContain("Port this change to your tree.");
    expect(port).toContain("````diff\n--- a\n+++ b\n+```\n````");
  });

  it("comments are settled and opened again", () => {
    const on = { kind: "item" as const, variation: 0, seq: 3, title: "it said", quote: "q" };
    const { state, said } = play(
      started(),
      { type: "message.send", id: "m", text: "", to: [0], by: "you", comments: [{ id: "m-1", on, text: "t" }] },
      { type: "comment.resolve", id: "m-1", by: "you" },
      { type: "comment.resolve", id: "m-1", by: "you" },
      { type: "comment.reopen", id: "m-2", by: "you" },
    );
    expect(said).toEqual([["message.sent"], ["comment.resolved"], [], ["not_found"]]);
    expect(state.resolved).toEqual(["m-1"]);
    expect(play(state, { type: "comment.reopen", id: "m-1", by: "you" }).state.resolved).toEqual([]);
  });
});
