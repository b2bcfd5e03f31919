import { expect, it } from "vitest";
import type { AttachItem, AttemptExit, AttemptSpec, Executor } from "../executors/executor";
import { createMetrics } from "./metrics";

const spec: AttemptSpec = {
  name: "agent-abcdefghijkl-0",
  mirrorPath: "/m",
  baseCommit: "b".repeat(40),
  token: "t",
  task: { runId: "abcdefghijkl", variation: 0, attempt: 0, prompt: "", model: "", limits: {}, workspace: "", commandsAllowed: true },
};
const ref = { executor: "fake", name: spec.name, data: {} };
const failure = { code: "out_of_memory" as const, message: "m", remedy: "r" };

function failing(): Executor {
  const refused = Object.assign(new Error("forbidden"), { status: 403 });
  return {
    kind: "kubernetes",
    image: () => Promise.resolve("agent:1"),
    report: () => Promise.resolve({ summary: "", isolated: true, measures: [] }),
    prepare: () => Promise.reject(Object.assign(new Error("no room"), { code: "ENOSPC" })),
    start: () => Promise.reject(new Error("The server may not do that.", { cause: refused })),
    adopt: () => Promise.resolve(undefined),
    alive: () => Promise.reject(Object.assign(new Error("away"), { status: 0 })),
    async *attach(): AsyncGenerator<AttachItem> {
      yield { type: "exit", exit: { kind: "failed", failure } };
    },
    stop: () => Promise.resolve(),
    collect: () => Promise.reject(new Error("late")),
    cleanup: () => Promise.resolve(),
  };
}

it("counts what an executor could not do, by operation and code, and changes nothing else", async () => {
  const metrics = createMetrics({ version: "1", now: () => 0 });
  const inner = failing();
  const executor = metrics.watchExecutor(inner);
  await expect(executor.prepare(spec)).rejects.toThrow("no room");
  await expect(executor.start(spec)).rejects.toThrow("may not");
  await expect(executor.alive(ref)).rejects.toThrow("away");
  await expect(executor.collect(spec, { final: true })).rejects.toThrow("late");
  const items: AttachItem[] = [];
  for await (const item of executor.attach(ref, { fromLine: 1, signal: new AbortController().signal })) items.push(item);
  expect(items).toEqual([{ type: "exit", exit: { kind: "failed", failure } }]);
  await executor.stop(ref);
  expect([executor.kind, await executor.image?.()]).toEqual(["kubernetes", "agent:1"]);
  // What is absent says that the executor cannot do it.
  expect([executor.keep, executor.reports, executor.programs]).toEqual([undefined, undefined, undefined]);
  const lines = (await metrics.render()).split("\n").filter((line) => line.startsWith("aideator_executor_errors_total{"));
  expect(lines.map((line) => line.replace("aideator_executor_errors_total", "")).sort()).toEqual(
    [
      ["prepare", "ENOSPC"],
      ["start", "http_403"],
      ["alive", "unreachable"],
      ["collect", "internal"],
      ["attach", "out_of_memory"],
    ]
      .map(([operation, code]) => `{executor="kubernetes",operation="${operation}",code="${code}"} 1`)
      .sort(),
  );
});

it("counts what ended from outside, but not what was asked to stop", async () => {
  const metrics = createMetrics({ version: "1", now: () => 0 });
  const killed = { code: "agent_killed" as const, message: "m", remedy: "r" };
  const ends: Record<string, AttemptExit> = {
    "agent-stopped": { kind: "failed", failure: killed },
    "agent-asked": { kind: "signalled", signal: "SIGTERM" },
    "agent-other": { kind: "failed", failure: killed },
    "agent-another": { kind: "signalled", signal: "SIGKILL" },
    "agent-done": { kind: "exited", code: 1 },
  };
  const executor = metrics.watchExecutor<Executor>({
    ...failing(),
    async *attach({ name }): AsyncGenerator<AttachItem> {
      const exit = ends[name];
      if (exit !== undefined) yield { type: "exit", exit };
    },
  });
  const drain = async (name: string): Promise<void> => {
    for await (const _ of executor.attach({ ...ref, name }, { fromLine: 1, signal: new AbortController().signal }));
  };
  for (const name of ["agent-stopped", "agent-asked"]) await executor.stop({ ...ref, name });
  for (const name of Object.keys(ends)) await drain(name);
  expect(await metrics.render()).toContain('{executor="kubernetes",operation="attach",code="agent_killed"} 2\n');
});
