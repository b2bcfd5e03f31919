import { expect, test, vi } from "vitest";
import { createRunBreaker, type Passage, type RunBreaker, RunPaused } from "./run-breaker";

const RUN = "run1";
const refusal = { reason: "429" };

/** A breaker by the clock of vitest's fake timers. */
function create(holdMs = 1_000_000): { breaker: RunBreaker; told: string[]; pass: () => Promise<Passage> } {
  vi.useFakeTimers({ now: 1_000_000, toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
  const told: string[] = [];
  const breaker = createRunBreaker({
    firstPauseMs: 1_000,
    longestPauseMs: 8_000,
    holdMs,
    now: () => performance.now(),
    wall: Date.now,
    random: () => 0.5,
    onPaused: (runId, { until, reason }) => told.push(`${runId} ${reason} +${until - Date.now()}`),
    onResumed: (runId) => told.push(`${runId} resumed`),
  });
  const pass = () => breaker.pass(RUN, { since: performance.now(), signal: new AbortController().signal });
  return { breaker, told, pass };
}

/** Whether a passage has been given by now. */
function watch(passing: Promise<Passage>): { given?: Passage } {
  const seen: { given?: Passage } = {};
  void passing.then(
    (passage) => (seen.given = passage),
    () => undefined,
  );
  return seen;
}

test("a refusal pauses the whole run; one call goes ahead as a probe, and its answer lets all others follow", async () => {
  const { breaker, told, pass } = create();
  const under_way = await pass();
  (await pass()).refused(refusal);
  expect(told).toEqual(["run1 429 +1000"]);
  expect(under_way.overtaken()).toBe(true);
  const waiting = [watch(pass()), watch(pass()), watch(pass())];
  await vi.advanceTimersByTimeAsync(990);
  expect(waiting.filter(({ given }) => given)).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(20);
  const probes = waiting.filter(({ given }) => given);
  expect(probes).toHaveLength(1);
  expect(probes[0]?.given?.overtaken()).toBe(false);
  // Another run does not wait.
  await breaker.pass("run2", { since: performance.now(), signal: new AbortController().signal });
  probes[0]?.given?.succeeded();
  await vi.advanceTimersByTimeAsync(0);
  expect(waiting.filter(({ given }) => given)).toHaveLength(3);
  expect(told).toEqual(["run1 429 +1000", "run1 resumed"]);
  vi.useRealTimers();
});

test("pauses double up to the longest, and begin anew after a success", async () => {
  const { told, pass } = create();
  for (let n = 0; n < 5; n += 1) {
    const seen = watch(pass());
    await vi.advanceTimersByTimeAsync(20_000);
    seen.given?.refused(refusal);
  }
  expect(told).toEqual([1_000, 2_000, 4_000, 8_000, 8_000].map((ms) => `run1 429 +${ms}`));
  const probe = watch(pass());
  await vi.advanceTimersByTimeAsync(20_000);
  probe.given?.succeeded();
  (await pass()).refused(refusal);
  expect(told.slice(5)).toEqual(["run1 resumed", "run1 429 +1000"]);
  vi.useRealTimers();
});

test("what the provider asks for is honoured, also when it comes from a call that was under way", async () => {
  const { told, pass } = create();
  const [first, second, third] = [await pass(), await pass(), await pass()];
  first.refused({ reason: "a", retryAfterMs: 30_000 });
  second.refused({ reason: "b", retryAfterMs: 60_000 });
  third.refused({ reason: "c" });
  expect(told).toEqual(["run1 a +30000", "run1 b +60000"]);
  const waiting = watch(pass());
  await vi.advanceTimersByTimeAsync(59_000);
  expect(waiting.given).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1_100);
  expect(waiting.given).toBeDefined();
  vi.useRealTimers();
});

test("a probe that ends without a word makes room for another one", async () => {
  const { told, pass } = create();
  (await pass()).refused(refusal);
  const waiting = [watch(pass()), watch(pass())];
  await vi.advanceTimersByTimeAsync(1_100);
  const probe = waiting.find(({ given }) => given);
  probe?.given?.abandoned();
  await vi.advanceTimersByTimeAsync(0);
  expect(waiting.every(({ given }) => given)).toBe(true);
  expect(told).toEqual(["run1 429 +1000"]);
  vi.useRealTimers();
});

test("a call is not held for longer than its caller waits: it is told at once how long it takes", async () => {
  const { breaker, pass } = create(5_000);
  (await pass()).refused({ reason: "quota", retryAfterMs: 60_000 });
  const error = await pass().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RunPaused);
  expect(error).toMatchObject({ pause: { reason: "quota", until: Date.now() + 60_000 } });
  const left = new AbortController();
  left.abort(new Error("gone"));
  await expect(breaker.pass(RUN, { since: 0, signal: left.signal })).rejects.toThrow("gone");
  vi.useRealTimers();
});

test("a pause is taken up again after a restart, and a clock that was set does not stretch it", async () => {
  const { breaker, told, pass } = create();
  breaker.restore(RUN, { until: Date.now() + 2_000, reason: "429" });
  const waiting = watch(pass());
  vi.setSystemTime(0);
  await vi.advanceTimersByTimeAsync(2_100);
  waiting.given?.succeeded();
  expect(told).toEqual(["run1 resumed"]);
  vi.useRealTimers();
});
