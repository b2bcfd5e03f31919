import { expect, it } from "vitest";
import type { RunEventBody } from "@/lib/run/events";
import { reduceRun } from "@/lib/run/reduce";
import { emptyRun } from "@/lib/run/state";
import { describeRun, summarize } from "./run-summary";

it("adds dollars up without the noise of binary fractions", () => {
  const variations = [1, 2].map(() => ({ agent: "builtin", model: "demo" }));
  const used = { type: "usage.recorded", inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, model: "demo" } as const;
  const bodies: RunEventBody[] = [
    { type: "run.created", prompt: "p", projectId: "p", repositoryUrl: "/shop", repositoryName: "shop", variations },
    { ...used, dollars: 0.1 },
    { ...used, dollars: 0.2 },
  ];
  const events = bodies.map((event, at) => ({
    runId: "abcdefghijkl",
    seq: at + 1,
    at,
    event,
    ...(at === 0 ? {} : { variation: at - 1, attempt: 0 }),
  }));
  expect(describeRun(reduceRun(emptyRun("abcdefghijkl"), events)).dollars).toBe(0.3);
});

it("says in the list that the provider keeps a run waiting, and no longer once it goes on", () => {
  const bodies: RunEventBody[] = [
    { type: "run.created", prompt: "p", projectId: "p", repositoryUrl: "/shop", repositoryName: "shop", variations: [] },
    { type: "run.paused", until: 5_000, reason: "The provider is overloaded." },
    { type: "run.resumed" },
  ];
  const after = (count: number) =>
    summarize(
      reduceRun(
        emptyRun("abcdefghijkl"),
        bodies.slice(0, count).map((event, at) => ({ runId: "abcdefghijkl", seq: at + 1, at, event })),
      ),
    ).paused;
  expect([1, 2, 3].map(after)).toEqual([null, { until: "1970-01-01T00:00:05.000Z", reason: "The provider is overloaded." }, null]);
});
