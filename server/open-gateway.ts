import { workOf } from "@/lib/run/fit-state";
import { totalUsage } from "@/lib/run/select";
import { isTerminal } from "@/lib/run/state";
import type { Env } from "./env";
import { createGateway } from "./gateway/create-gateway";
import type { GatewayOptions, ModelGateway, Spender } from "./gateway/gateway";
import type { JudgeTokens } from "./judge/judge-tokens";
import type { ProjectService } from "./projects/project-service";
import { tokenHash } from "./runs/attempt-token";
import type { RunWriter } from "./runs/run-writer";
import type { PriceSettings } from "./settings/price-settings";
import { settleLostCalls } from "./settle-lost-calls";
import type { CallStore } from "./storage/call-store";
import type { EventLog } from "./storage/event-log";
import type { AttemptRecord, RunIndex } from "./storage/run-index";

/** What the gateway learns from and tells to. */
export interface GatewayParts {
  env: Env;
  socketPath: string;
  index: RunIndex;
  eventLog: EventLog;
  writer: RunWriter;
  calls: CallStore;
  projects: ProjectService;
  prices: PriceSettings;
  /** Tokens of reviews that are under way. */
  judges?: JudgeTokens;
  /** In force when it is asked. */
  provider: GatewayOptions["provider"];
  /** Takes the server's secrets out of a text. */
  redact(text: string): string;
  /** Takes those of a project out as well. */
  redactionOf?: GatewayOptions["redactionOf"];
  onError(error: unknown): void;
}

/** Settles what the last server left behind, then opens the gateway on tokens, caps and prices as they are kept. */
export async function openGateway(parts: GatewayParts): Promise<ModelGateway> {
  const { env, socketPath, index, eventLog, writer, calls, projects, prices, judges, provider, redact, redactionOf, onError } = parts;
  await settleLostCalls({ calls, log: eventLog, writer });
  const attempts = rememberTokens(index);
  const options: GatewayOptions = {
    socketPath,
    provider,
    scriptsDir: env.scriptsDir,
    maxCalls: env.maxModelCalls,
    keepBodies: env.auditBodies,
    prices: prices.current,
    redact,
    redactionOf,
    audit: calls,
    onError,
    async authorize(token) {
      const judge = judges?.find(token);
      if (judge !== undefined) {
        const run = (await writer.state(judge.runId))?.maxDollars;
        return { ...judge, caps: { run, project: await projects.monthlyCap(judge.projectId) } };
      }
      const record = await attempts.find(token);
      if (record === undefined) return undefined;
      const { runId, variation, attempt, model } = record;
      const state = await writer.state(runId);
      const current = state === undefined ? undefined : workOf(state, variation);
      // A token ends with its attempt.
      if (state === undefined || current?.attempt !== attempt || isTerminal(current.status)) return undefined;
      const { projectId, maxDollars } = state;
      const { limits, fallbackModels } = current.spec;
      const caps = { variation: limits?.dollars, run: maxDollars, project: await projects.monthlyCap(projectId) };
      return { runId, projectId, variation, attempt, model, fallbacks: fallbackModels, caps };
    },
    spent: (spender) => spentBy(parts, spender),
    async onUsage({ runId, variation, attempt, review }, usage) {
      if (review !== undefined) {
        await writer.record(runId, [{ at: Date.now(), event: { type: "judge.charged", id: review, ...usage } }]);
        return;
      }
      await writer.record(runId, [{ at: Date.now(), variation, attempt, event: { type: "usage.recorded", ...usage } }]);
    },
    async onNotice({ runId, variation, attempt, review }, message) {
      const place = review === undefined ? { variation, attempt } : {};
      await writer.record(runId, [{ at: Date.now(), ...place, event: { type: "warning.raised", message } }]);
    },
    async onPaused(runId, pause) {
      await writer.command(runId, { type: "run.pause", ...pause });
    },
    async onResumed(runId) {
      await writer.command(runId, { type: "run.resume" });
    },
  };
  const gateway = await createGateway(options);
  for (const runId of await index.unfinishedRuns()) {
    const paused = (await writer.state(runId))?.paused;
    if (paused !== undefined) gateway.restorePause(runId, paused);
  }
  return gateway;
}

/** Attempts whose token was seen lately. */
const REMEMBERED = 5_000;

/** A look-up in the database, or even a hash, is a good part of what a call may cost here; what a token stands for never changes. */
function rememberTokens(index: RunIndex): { find(token: string): AttemptRecord | Promise<AttemptRecord | undefined> } {
  const known = new Map<string, AttemptRecord>();
  async function look(token: string): Promise<AttemptRecord | undefined> {
    const record = await index.findByToken(tokenHash(token));
    if (known.size >= REMEMBERED) known.clear();
    if (record !== undefined) known.set(token, record);
    return record;
  }
  return { find: (token) => known.get(token) ?? look(token) };
}

/** From the log where it is about a run, from the audit where it is about many. */
async function spentBy({ writer, calls }: GatewayParts, spender: Spender): Promise<number> {
  if (spender.kind === "project") return calls.spentInMonth(spender.projectId, spender.month);
  const state = await writer.state(spender.runId);
  if (state === undefined) return 0;
  return spender.kind === "run" ? totalUsage(state).dollars : (workOf(state, spender.variation)?.usage.dollars ?? 0);
}
