import Anthropic from "@anthropic-ai/sdk";
import { dollarsFor } from "@/lib/pricing/prices";
import type { AgentEnd } from "@/lib/protocol/agent-lines";
import type { AgentTask } from "@/lib/protocol/agent-task";
import type { Failure } from "@/lib/run/failures";
import type { Emit } from "../emit";
import { askModel, ModelFailed } from "./ask-model";
import type { Answer, ToolCall } from "./collect-answer";
import { capabilitiesOf } from "./model-capabilities";
import { runGit } from "./run-git";
import { systemPrompt } from "./system-prompt";
import { commandTool } from "./tools/command";
import { editTool } from "./tools/edit";
import { finishTool } from "./tools/finish";
import { listTool } from "./tools/list";
import { planTool } from "./tools/plan";
import { readTool } from "./tools/read";
import { searchTool } from "./tools/search";
import type { Tool, ToolResult } from "./tools/tool";
import { writeTool } from "./tools/write";
import { openWorkspace, type Workspace } from "./workspace";

const KEPT = "What was done so far is kept: open the diff, raise the limit, or run again.";

export interface LoopOptions {
  task: AgentTask;
  /** Base URL of the Messages API. */
  baseUrl: string;
  token: string;
  emit: Emit;
}

/** The built-in agent: model and tools in turns, until the model is done or a limit is reached. Resolves to its last word. */
export async function runAgentLoop({ task, baseUrl, token, emit }: LoopOptions): Promise<AgentEnd> {
  const workspace = await openWorkspace(task.workspace);
  const base = (await runGit(workspace.root, ["rev-parse", "HEAD"])).stdout.trim();
  const client = new Anthropic({ baseURL: baseUrl, apiKey: token, authToken: null, maxRetries: 0 });
  const tools = [listTool, searchTool, readTool, editTool, writeTool, ...(task.commandsAllowed ? [commandTool] : []), planTool, finishTool];
  const capabilities = capabilitiesOf(task.model);
  if (task.temperature !== undefined && !capabilities.temperature) {
    emit({ type: "warning.raised", message: `Temperature ${task.temperature} was not sent: ${task.model} does not take it.` });
  }
  const system: Anthropic.TextBlockParam[] = [
    { type: "text", text: await systemPrompt(task, workspace), cache_control: { type: "ephemeral" } },
  ];
  const messages: Anthropic.MessageParam[] = [{ role: "user", content: task.prompt }];
  const limits = createBudget(task);

  for (let turn = 1; ; turn += 1) {
    const over = limits.exceeded(turn);
    if (over !== undefined) return { type: "agent.failed", failure: over };
    let answer: Answer;
    try {
      const sampling = task.temperature !== undefined && capabilities.temperature ? { temperature: task.temperature } : {};
      answer = await askModel(
        client,
        {
          model: task.model,
          max_tokens: capabilities.maxTokens,
          system,
          messages: withCacheMark(messages),
          tools: tools.map(({ name, description, inputSchema }) => ({
            name,
            description,
            input_schema: { type: "object" as const, ...inputSchema },
          })),
          ...(capabilities.adaptiveThinking ? { thinking: { type: "adaptive" as const, display: "summarized" as const } } : {}),
          ...sampling,
        },
        emit,
        turn,
      );
    } catch (error) {
      if (error instanceof ModelFailed) return { type: "agent.failed", failure: error.failure };
      throw error;
    }
    limits.spend(answer);
    if (answer.content.length > 0) messages.push({ role: "assistant", content: answer.content });
    if (answer.calls.length === 0) {
      const next = afterText(answer);
      if (next.end !== undefined) return next.end;
      messages.push({ role: "user", content: next.say });
      continue;
    }
    const results: Anthropic.ToolResultBlockParam[] = [];
    for (const call of answer.calls) {
      const result = await perform(call, tools, workspace, base, emit);
      if (result.finished !== undefined) return { type: "agent.finished", summary: result.finished };
      results.push({ type: "tool_result", tool_use_id: call.id, content: result.content, is_error: !result.ok });
    }
    messages.push({ role: "user", content: results });
  }
}

/** An answer without tool calls: the end, unless it was cut short. */
function afterText(answer: Answer): { end?: AgentEnd; say: string } {
  if (answer.stopReason === "max_tokens") return { say: "Your answer reached the length limit. Go on where it stopped." };
  if (answer.stopReason === "pause_turn") return { say: "Go on." };
  if (answer.stopReason === "refusal") {
    const failure: Failure = {
      code: "model_error",
      message: "The model declined this task.",
      remedy: "Put the prompt differently, or choose another model.",
      detail: answer.text || undefined,
    };
    return { end: { type: "agent.failed", failure }, say: "" };
  }
  return { end: { type: "agent.finished", summary: answer.text.trim() || undefined }, say: "" };
}

async function perform(call: ToolCall, tools: Tool[], workspace: Workspace, base: string, emit: Emit): Promise<ToolResult> {
  const tool = tools.find(({ name }) => name === call.name);
  const callId = call.id;
  const begin = performance.now();
  const start = (): void =>
    emit({ type: "tool.started", callId, tool: call.name, kind: tool?.kind ?? "other", title: tool?.title(call.input) ?? call.name });
  if (tool?.quiet !== true) start();
  const result = await answerCall(call, tool, workspace, base, emit);
  if (tool?.quiet === true) {
    if (result.ok) return result;
    start();
  }
  // What the model reads is what people see, unless the tool has shown it better already.
  const shows = tool?.kind === "read" || tool?.kind === "search" || (!result.ok && tool?.kind !== "command");
  if (shows) emit({ type: "tool.output", callId, stream: "result", text: result.content });
  emit({
    type: "tool.finished",
    callId,
    ok: result.ok,
    durationMs: Math.round(performance.now() - begin),
    ...(result.exitCode === undefined ? {} : { exitCode: result.exitCode }),
    ...(result.summary === undefined ? {} : { summary: result.summary }),
  });
  return result;
}

async function answerCall(call: ToolCall, tool: Tool | undefined, workspace: Workspace, base: string, emit: Emit): Promise<ToolResult> {
  if (tool === undefined) return { ok: false, content: `There is no tool ${call.name}.`, summary: "no such tool" };
  if (call.broken !== undefined) {
    return { ok: false, content: `The input of ${call.name} was not valid JSON: ${call.broken}`, summary: "broken input" };
  }
  const callId = call.id;
  return tool.execute(call.input, {
    workspace,
    base,
    callId,
    show: (stream, text) => text !== "" && emit({ type: "tool.output", callId, stream, text }),
    state: emit,
  });
}

/** The newest results end what the next call can take from the provider's cache. */
function withCacheMark(messages: Anthropic.MessageParam[]): Anthropic.MessageParam[] {
  const last = messages.at(-1);
  if (last?.role !== "user" || typeof last.content === "string") return messages;
  const { content } = last;
  const marked = content.map((block, at) =>
    at === content.length - 1 && block.type === "tool_result" ? { ...block, cache_control: { type: "ephemeral" as const } } : block,
  );
  return [...messages.slice(0, -1), { role: "user", content: marked }];
}

/** Turns, minutes and dollars of one attempt. */
function createBudget({ limits, model }: AgentTask): { exceeded(turn: number): Failure | undefined; spend(answer: Answer): void } {
  const start = performance.now();
  let dollars = 0;
  const reached = (message: string, code: Failure["code"] = "budget"): Failure => ({ code, message, remedy: KEPT });
  return {
    exceeded(turn) {
      if (limits.turns !== undefined && turn > limits.turns) return reached(`The limit of ${limits.turns} turns is reached.`);
      const minutes = (performance.now() - start) / 60_000;
      if (limits.minutes !== undefined && minutes >= limits.minutes) {
        return reached(`The limit of ${limits.minutes} minutes is reached.`, "timeout");
      }
      if (limits.dollars !== undefined && dollars >= limits.dollars) return reached(`The limit of $${limits.dollars} is reached.`);
      return undefined;
    },
    spend({ usage }) {
      dollars += dollarsFor(model, usage);
    },
  };
}
