import type Anthropic from "@anthropic-ai/sdk";
import type { AgentEnd } from "@/lib/protocol/agent-lines";
import type { AgentTask } from "@/lib/protocol/agent-task";
import type { Emit } from "../emit";
import { afterAnswer } from "./after-answer";
import { type AskOptions, askModel, DeadlinePassed, ModelFailed, type ModelRequest, PromptTooLong } from "./ask-model";
import { type Budget, createBudget } from "./budget";
import type { Answer } from "./collect-answer";
import { compact, isNearlyFull } from "./compact";
import { createConversation } from "./conversation";
import { createGuides } from "./guides";
import { modelParameters } from "./model-parameters";
import { openingMessages } from "./opening-messages";
import { performCalls, type ToolRoom } from "./perform-calls";
import { createProcessTable } from "./processes";
import { runGit } from "./run-git";
import { createStallWatch, type TurnRecord } from "./stall-watch";
import { systemPrompt } from "./system-prompt";
import { commandTool } from "./tools/command";
import { editTool } from "./tools/edit";
import { finishTool } from "./tools/finish";
import { listTool } from "./tools/list";
import { planTool } from "./tools/plan";
import { processTool } from "./tools/process";
import { readTool } from "./tools/read";
import { searchTool } from "./tools/search";
import { writeTool } from "./tools/write";
import { createWatchedClient } from "./watched-client";
import { openWorkspace } from "./workspace";

export interface LoopOptions {
  task: AgentTask;
  /** Base URL of the Messages API. */
  baseUrl: string;
  token: string;
  emit: Emit;
}

/** The built-in agent: model and tools in turns, until the model is done or a limit is reached. Resolves to its last word. */
export async function runAgentLoop(options: LoopOptions): Promise<AgentEnd> {
  const budget = createBudget(options.task);
  const processes = createProcessTable();
  try {
    const turns = await prepareTurns(options, budget, processes);
    for (let turn = 1; ; turn += 1) {
      const over = budget.exceeded(turn);
      if (over !== undefined) return { type: "agent.failed", failure: over };
      const end = await turns.next(turn);
      if (end !== undefined) return end;
    }
  } catch (error) {
    if (error instanceof DeadlinePassed) return { type: "agent.failed", failure: budget.overdue() };
    if (error instanceof ModelFailed) return { type: "agent.failed", failure: error.failure };
    throw error;
  } finally {
    processes.endAll();
  }
}

interface Turns {
  /** One answer of the model and what it calls for; the last word when that was it. */
  next(turn: number): Promise<AgentEnd | undefined>;
}

async function prepareTurns(options: LoopOptions, budget: Budget, processes: ToolRoom["processes"]): Promise<Turns> {
  const { task, baseUrl, token, emit } = options;
  const workspace = await openWorkspace(task.workspace);
  const base = (await runGit(workspace.root, ["rev-parse", "HEAD"])).stdout.trim();
  const commands = task.commandsAllowed ? [commandTool, processTool] : [];
  const tools = [listTool, searchTool, readTool, editTool, writeTool, ...commands, planTool, finishTool];
  const { request: parameters, entry, apiVersion, dropped } = modelParameters(task);
  for (const message of dropped) emit({ type: "warning.raised", message });

  const guides = createGuides(workspace);
  const system = systemPrompt(task, workspace, await guides.root());
  const conversation = createConversation(await openingMessages(task, entry.images));
  const stalls = createStallWatch();
  const fixed: Omit<ModelRequest, "messages"> = {
    ...parameters,
    model: task.model,
    // Tools stand before it in the provider's order, so one mark keeps both.
    system: [{ type: "text", text: system, cache_control: { type: "ephemeral" } }],
    tools: tools.map(({ name, description, inputSchema }) => ({
      name,
      description,
      input_schema: { type: "object" as const, ...inputSchema },
    })),
  };
  const { deadline, spend } = budget;
  const client = createWatchedClient(baseUrl, token, apiVersion);
  let empty = 0;
  let last: Answer | undefined;

  const requestNow = (): ModelRequest => ({ ...fixed, messages: conversation.marked() });
  const ask = (name: string): AskOptions => ({ client, emit, name, spend, deadline });

  async function shorten(turn: number, overflown: boolean): Promise<void> {
    const tokens = last === undefined ? 0 : sum(last.usage);
    await compact({ request: requestNow(), conversation, ask: { ...ask(`t${turn}c`), shows: false }, entry, overflown }).catch((error) => {
      throw error instanceof PromptTooLong ? new ModelFailed(windowTooSmall(error.message)) : error;
    });
    guides.forget();
    last = undefined;
    emit({ type: "context.compacted", tokens });
  }

  async function answerOf(turn: number): Promise<Answer> {
    if (last !== undefined && isNearlyFull(entry, fixed.max_tokens, last.usage)) await shorten(turn, false);
    try {
      return await askModel(requestNow(), ask(`t${turn}`));
    } catch (error) {
      if (!(error instanceof PromptTooLong)) throw error;
      await shorten(turn, true);
    }
    return askModel(requestNow(), ask(`t${turn}a`)).catch((error) => {
      throw error instanceof PromptTooLong ? new ModelFailed(windowTooSmall(error.message)) : error;
    });
  }

  async function callTools(answer: Answer): Promise<AgentEnd | undefined> {
    const cutShort = answer.stopReason === "max_tokens" || answer.stopReason === "model_context_window_exceeded";
    const results = await performCalls(answer.calls, { tools, workspace, base, emit, guides, processes, deadline, cutShort });
    const finished = results.find((result) => result.finished !== undefined);
    if (finished !== undefined) return { type: "agent.finished", summary: finished.finished };
    const records = answer.calls.flatMap((call, at): TurnRecord[] => {
      const result = results[at];
      return result === undefined ? [] : [{ call, result }];
    });
    const verdict = stalls.turn(records);
    if (verdict.kind === "stopped") return { type: "agent.failed", failure: verdict.failure };
    conversation.add(
      "user",
      records.map(({ call, result }, at): Anthropic.ToolResultBlockParam => {
        const hint = verdict.kind === "told" && at === records.length - 1 ? `\n\n[${verdict.hint}]` : "";
        return { type: "tool_result", tool_use_id: call.id, content: result.content + hint || "(no output)", is_error: !result.ok };
      }),
    );
    return undefined;
  }

  return {
    async next(turn) {
      const answer = await answerOf(turn);
      last = answer;
      conversation.add("assistant", withoutTrailingThinking(answer.content));
      // What a model began before it declined is not done.
      if (answer.calls.length > 0 && answer.stopReason !== "refusal") {
        empty = 0;
        return callTools(answer);
      }
      empty = answer.text === "" ? empty + 1 : 0;
      const next = afterAnswer(answer, empty);
      if (next.kind === "end") return next.end;
      const verdict = stalls.turn([]);
      if (verdict.kind === "stopped") return { type: "agent.failed", failure: verdict.failure };
      if (next.kind === "compact") await shorten(turn, true);
      if (next.kind === "say") {
        if (next.warning !== undefined) emit({ type: "warning.raised", message: next.warning });
        conversation.add("user", [{ type: "text", text: next.text }]);
      }
      return undefined;
    },
  };
}

/** An answer that was cut while the model thought: the API does not take it back so, and nothing was said yet that it belongs to. */
function withoutTrailingThinking(content: Answer["content"]): Answer["content"] {
  const last = content.findLastIndex(({ type }) => type !== "thinking" && type !== "redacted_thinking");
  return content.slice(0, last + 1);
}

function sum({ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens }: Answer["usage"]): number {
  return inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens;
}

function windowTooSmall(detail: string): ModelFailed["failure"] {
  return {
    code: "model_error",
    message: "The task does not fit into the model's window, even in short.",
    remedy: "Shorten the prompt, the instructions or the repository's guide, or choose a model with a larger window.",
    detail,
  };
}
