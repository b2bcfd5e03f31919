import type { NewRunEvent, RunEvent, RunEventBody } from "@/lib/run/events";
import { reduceRun } from "@/lib/run/reduce";
import { emptyRun } from "@/lib/run/state";
import { sseFrame } from "@/server/realtime/sse-frames";
import { checkRun, type Testimony } from "./check-witness";

const WANTED = "tick 1 tick 2 tick 3 ";

/** Feeds the checker a good history and bad ones; answers what it took for good wrongly, or for bad. */
export function selfTest(): { passed: number; problems: string[] } {
  const good = goodLog();
  const problems: string[] = [];
  let passed = 0;
  const expect = (name: string, found: string[], wanted: RegExp | undefined): void => {
    const right = wanted === undefined ? found.length === 0 : found.some((problem) => wanted.test(problem));
    if (right) passed += 1;
    else problems.push(`${name}: the checker says ${found.length === 0 ? "nothing" : found.join("; ")}`);
  };
  const check = (log: RunEvent[], testimonies: Testimony[] = []): string[] => checkRun(log, testimonies, () => WANTED);

  expect("a good history", check(good, [socket(good), sse(good)]), undefined);
  for (const [name, change, wanted] of badLogs) expect(name, check(renumbered(change(structuredClone(good)))), wanted);
  expect("a hole in the log", check(good.filter((_, at) => at !== 5)), /has seq 7 at place 6/);
  for (const [name, change, wanted] of badTestimonies) {
    expect(`socket: ${name}`, check(good, [socket(change(structuredClone(good)))]), wanted);
    expect(`SSE: ${name}`, check(good, [sse(change(structuredClone(good)))]), wanted);
  }
  const torn = sse(good);
  if (torn.kind === "sse") expect("SSE: a torn frame", check(good, [{ ...torn, frames: tear(torn.frames) }]), /frame 6 is not/);
  const folded: Testimony = { kind: "socket", name: "socket", events: good, state: { ...reduceRun(emptyRun(RUN), good), prompt: "other" } };
  expect("socket: another state", check(good, [folded]), /another state/);
  return { passed, problems };
}

const RUN = "selftest00000000";
type Change = (log: RunEvent[]) => RunEvent[];

const badLogs: [string, Change, RegExp][] = [
  ["an attempt without an end", (log) => without(log, "variation.completed"), /attempt 0 never ends/],
  ["an attempt with two ends", (log) => repeated(log, "variation.completed"), /ends again/],
  ["a word behind the end", (log) => moved(log, "text.delta", "variation.completed"), /behind the end/],
  ["a run without an end", (log) => without(log, "run.completed"), /the run never ends/],
  ["a run that ends twice", (log) => repeated(log, "run.completed"), /the run ends again/],
  ["a run of the wrong status", (log) => replaced(log, "run.completed", { type: "run.cancelled" }), /the run is cancelled/],
  ["a lost word", (log) => without(log, "text.delta"), /does not say/],
  ["a word said twice", (log) => repeated(log, "text.delta"), /does not say/],
  ["words in another order", (log) => swapped(log, "text.delta"), /does not say/],
];

const badTestimonies: [string, Change, RegExp][] = [
  ["a lost event", (log) => log.filter((_, at) => at !== 5), /got seq 7 where 6/],
  ["a lost end", (log) => log.slice(0, -1), /got 11 events of 12/],
  ["a doubled event", (log) => [...log.slice(0, 6), ...log.slice(5)], /got seq 6 where 7/],
  ["two events in another order", (log) => [...log.slice(0, 5), ...log.slice(5, 7).reverse(), ...log.slice(7)], /got seq 7 where 6/],
  [
    "an altered event",
    (log) => log.map((event) => (event.event.type === "text.delta" ? altered(event) : event)),
    /is not what the log says/,
  ],
  ["an event that the log does not have", (log) => [...log, { ...(log.at(-1) as RunEvent), seq: log.length + 1 }], /got 13 events of 12/],
];

function goodLog(): RunEvent[] {
  const place = { variation: 0, attempt: 0 };
  const spec = { agent: "builtin", model: "script:three" };
  const said = (n: number): NewRunEvent => ({ at: 10 + n, ...place, event: { type: "text.delta", block: "1.0", text: `tick ${n} ` } });
  const created: RunEventBody = {
    type: "run.created",
    prompt: "Count",
    projectId: "p",
    repositoryUrl: "/r",
    repositoryName: "r",
    variations: [spec],
  };
  const events: NewRunEvent[] = [
    { at: 1, event: created },
    { at: 2, event: { type: "run.base_pinned", commit: "c", submodules: 0, lfsPointers: 0 } },
    { at: 3, event: { type: "run.started" } },
    { at: 4, ...place, event: { type: "variation.preparing" } },
    { at: 5, ...place, event: { type: "variation.started", executor: "local", sandbox: "s" } },
    said(1),
    said(2),
    said(3),
    { at: 20, ...place, event: { type: "snapshot.taken", commit: "c", tree: "t", reason: "final", files: 0, added: 0, deleted: 0 } },
    { at: 21, ...place, event: { type: "variation.completed" } },
    // The bill of a call that the end cut off may come late.
    {
      at: 22,
      ...place,
      event: { type: "usage.recorded", model: "m", inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, dollars: 0 },
    },
    { at: 23, event: { type: "run.completed" } },
  ];
  return renumbered(events.map((event) => ({ runId: RUN, seq: 0, ...event })));
}

function socket(events: RunEvent[]): Testimony {
  return { kind: "socket", name: "socket", events, state: reduceRun(emptyRun(RUN), events) };
}

function sse(events: RunEvent[]): Testimony {
  return { kind: "sse", name: "SSE", frames: events.map((event) => ({ seq: event.seq, text: sseFrame(event) })) };
}

function renumbered(log: RunEvent[]): RunEvent[] {
  return log.map((event, at) => ({ ...event, seq: at + 1 }));
}

const first = (log: RunEvent[], type: string): number => log.findIndex(({ event }) => event.type === type);

function without(log: RunEvent[], type: string): RunEvent[] {
  return log.filter((_, at) => at !== first(log, type));
}

function repeated(log: RunEvent[], type: string): RunEvent[] {
  const at = first(log, type);
  return [...log.slice(0, at + 1), ...log.slice(at)];
}

function replaced(log: RunEvent[], type: string, body: RunEventBody): RunEvent[] {
  return log.map((event) => (event.event.type === type ? { ...event, event: body } : event));
}

function moved(log: RunEvent[], type: string, behind: string): RunEvent[] {
  const event = log[first(log, type)];
  return without(log, type).flatMap((other) => (other.event.type === behind && event !== undefined ? [other, event] : [other]));
}

function swapped(log: RunEvent[], type: string): RunEvent[] {
  const at = first(log, type);
  return [...log.slice(0, at), ...log.slice(at, at + 2).reverse(), ...log.slice(at + 2)];
}

function altered(event: RunEvent): RunEvent {
  return event.event.type === "text.delta" ? { ...event, event: { ...event.event, text: `${event.event.text}!` } } : event;
}

function tear(frames: readonly { seq: number; text: string }[]): { seq: number; text: string }[] {
  return frames.map((frame) => (frame.seq === 6 ? { ...frame, text: frame.text.slice(0, -10) } : frame));
}
