import { setTimeout as pause } from "node:timers/promises";
import type { AttachItem, AttemptExit, AttemptSpec, CollectedTree, Executor, ExecutorRef } from "../executor";

/** What a faked agent does: yields its lines, returns how it ends. `stopped` aborts when it is stopped. */
export type FakeProgram = (spec: AttemptSpec, stopped: AbortSignal) => AsyncGenerator<string, AttemptExit>;

interface FakeAttempt {
  lines: string[];
  exit?: AttemptExit;
  stopping: AbortController;
}

/** An executor without processes or trees, for tests of what stands above the port. */
export interface FakeExecutor extends Executor {
  /** Every call in order: `prepare agent-…`. */
  readonly calls: readonly string[];
}

/** `collect` answers the unchanged base unless given. */
export function createFakeExecutor(program: FakeProgram, collect?: (spec: AttemptSpec) => Promise<CollectedTree>): FakeExecutor {
  const attempts = new Map<string, FakeAttempt>();
  const calls: string[] = [];
  const reference = (name: string): ExecutorRef => ({ executor: "fake", name, data: {} });

  async function perform(spec: AttemptSpec, attempt: FakeAttempt): Promise<void> {
    const stopped: AttemptExit = { kind: "signalled", signal: "SIGKILL" };
    const steps = program(spec, attempt.stopping.signal);
    for (;;) {
      const step = await steps.next();
      if (attempt.stopping.signal.aborted) break;
      if (step.done === true) {
        attempt.exit = step.value;
        return;
      }
      attempt.lines.push(step.value);
    }
    attempt.exit = stopped;
  }

  return {
    kind: "fake",
    calls,
    report: () => Promise.resolve({ summary: "fake", isolated: true, measures: [] }),
    prepare(spec) {
      calls.push(`prepare ${spec.name}`);
      return Promise.resolve();
    },
    start(spec) {
      if (!("task" in spec)) throw new Error("the fake executor sets nothing up");
      calls.push(`start ${spec.name}`);
      if (!attempts.has(spec.name)) {
        const attempt: FakeAttempt = { lines: [], stopping: new AbortController() };
        attempts.set(spec.name, attempt);
        void perform(spec, attempt);
      }
      return Promise.resolve(reference(spec.name));
    },
    adopt: (name) => Promise.resolve(attempts.has(name) ? reference(name) : undefined),
    alive: ({ name }) => Promise.resolve(attempts.has(name)),
    async *attach(ref, { fromLine, signal }): AsyncIterable<AttachItem> {
      const attempt = attempts.get(ref.name);
      let at = fromLine - 1;
      while (!signal.aborted && attempt !== undefined) {
        const text = attempt.lines[at];
        if (text !== undefined) yield { type: "line", line: { line: ++at, text } };
        else if (attempt.exit !== undefined) return yield { type: "exit", exit: attempt.exit };
        else await pause(1);
      }
    },
    stop(ref) {
      calls.push(`stop ${ref.name}`);
      attempts.get(ref.name)?.stopping.abort();
      return Promise.resolve();
    },
    collect(spec) {
      calls.push(`collect ${spec.name}`);
      return collect?.(spec) ?? Promise.resolve({ commit: spec.baseCommit, warnings: [], complete: true });
    },
    cleanup(name) {
      calls.push(`cleanup ${name}`);
      attempts.get(name)?.stopping.abort();
      attempts.delete(name);
      return Promise.resolve();
    },
  };
}
