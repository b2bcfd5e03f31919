import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listPrice } from "@/e2e/provider/prices";
import { buildAgent, type Metered, runScenario } from "@/e2e/provider/run-scenario";
import type { Scenario } from "@/e2e/provider/scenario";
import { errorScenarios } from "@/e2e/provider/scenarios/errors";
import { limitScenarios } from "@/e2e/provider/scenarios/limits";
import { modelScenarios } from "@/e2e/provider/scenarios/models";
import { stopScenarios } from "@/e2e/provider/scenarios/stops";
import { toolScenarios } from "@/e2e/provider/scenarios/tools";

// The agent as it is shipped, in a process of its own, behind the real gateway, against a provider that shares no code with either.
let folder: string;
let agent: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aid-agent-"));
  agent = await buildAgent(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const groups: [string, Scenario[]][] = [
  ["tools", toolScenarios],
  ["models", modelScenarios],
  ["stop reasons", stopScenarios],
  ["errors", errorScenarios],
  ["limits", limitScenarios],
];

describe.concurrent.each(groups)("%s", (_, scenarios) => {
  it.concurrent.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    "%s",
    async (_name, scenario) => {
      const outcome = await runScenario(scenario, agent);
      expectProtocol(outcome, scenario);
      expectSameTally(outcome);
      await scenario.check(outcome);
    },
    60_000,
  );
});

/** Exactly one last word, nothing beside the protocol, and no request that the provider refused unless the scenario is about that. */
function expectProtocol({ lines, end, calls, exitCode, stderr }: Metered, { refusals = [] }: Scenario): void {
  expect(stderr).toBe("");
  expect(lines.filter(({ type }) => type === "log.line")).toEqual([]);
  expect(lines.at(-1)).toBe(end);
  expect(exitCode).toBe(end?.type === "agent.finished" ? 0 : 1);
  expect(calls.filter(({ status }) => status !== 200 && !refusals.includes(status)).map(({ error }) => error)).toEqual([]);
}

/**
 * What the gateway metered is what the provider charged: each call to the last token, the sum to a billionth of a dollar. Of an answer that
 * broke off this provider knows only its first token; the gateway estimates what came after it.
 */
function expectSameTally({ usage, calls }: Metered): void {
  const charges = calls.flatMap(({ charge }) => (charge === undefined ? [] : [charge]));
  const metered = usage.map(({ model, inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens }, at) => {
    const broken = charges[at]?.outputTokens === 1;
    return { model, inputTokens, outputTokens: broken ? Math.min(1, outputTokens) : outputTokens, cacheReadTokens, cacheWriteTokens };
  });
  expect(metered).toEqual(charges);
  for (const [at, charge] of charges.entries()) {
    const { outputTokens, dollars } = usage[at] ?? { outputTokens: 0, dollars: null };
    expect(Math.abs((dollars ?? 0) - listPrice({ ...charge, outputTokens }))).toBeLessThan(1e-9);
  }
}
