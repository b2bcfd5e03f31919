import type { Emit } from "../emit";
import type { ToolCall } from "./collect-answer";
import type { Guides } from "./guides";
import type { ProcessTable } from "./processes";
import type { Tool, ToolResult } from "./tools/tool";
import type { Workspace } from "./workspace";

export interface ToolRoom {
  tools: readonly Tool[];
  workspace: Workspace;
  /** The run's base. */
  base: string;
  emit: Emit;
  guides: Guides;
  processes: ProcessTable;
  deadline: AbortSignal;
  /** True when the answer stopped at its length limit: a call that it cut says so. */
  cutShort: boolean;
}

/**
 * All calls of one answer → their results, in the calls' order. Neighbours that change nothing run at once; others wait for what comes
 * before them. `finish` counts only when everything beside it went well.
 */
export async function performCalls(calls: readonly ToolCall[], room: ToolRoom): Promise<ToolResult[]> {
  const results: ToolResult[] = [];
  for (let at = 0; at < calls.length; ) {
    const group = [...takeGroup(calls.slice(at), room.tools)];
    results.push(...(await Promise.all(group.map((call) => perform(call, room)))));
    at += group.length;
  }
  const failed = results.some(({ ok }) => !ok);
  return results.map((result) => {
    if (!failed || result.finished === undefined) return result;
    return { ok: false, content: "Not finished: another call of the same answer failed. Look at it first, then call finish alone." };
  });
}

function* takeGroup(calls: readonly ToolCall[], tools: readonly Tool[]): Iterable<ToolCall> {
  const pure = (call: ToolCall): boolean => tools.find(({ name }) => name === call.name)?.pure === true;
  for (const [at, call] of calls.entries()) {
    if (at > 0 && !pure(call)) return;
    yield call;
    if (!pure(call)) return;
  }
}

async function perform(call: ToolCall, room: ToolRoom): Promise<ToolResult> {
  const { tools, emit } = room;
  const tool = tools.find(({ name }) => name === call.name);
  const callId = call.id;
  const begin = performance.now();
  const start = (): void =>
    emit({ type: "tool.started", callId, tool: call.name, kind: tool?.kind ?? "other", title: tool?.title(call.input) ?? call.name });
  if (tool?.quiet !== true) start();
  const { result, touched } = await answerCall(call, tool, room);
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
  const guide = await room.guides.near(touched);
  return guide === undefined ? result : { ...result, content: `${result.content}\n\nThe repository's guide for this folder:\n${guide}` };
}

async function answerCall(
  call: ToolCall,
  tool: Tool | undefined,
  { tools, workspace, base, emit, processes, deadline, cutShort }: ToolRoom,
): Promise<{ result: ToolResult; touched: string[] }> {
  const touched: string[] = [];
  if (tool === undefined) {
    const names = tools.map(({ name }) => name).join(", ");
    return { result: { ok: false, content: `There is no tool ${call.name}. There are: ${names}.`, summary: "no such tool" }, touched };
  }
  if (call.broken !== undefined) return { result: brokenInput(call, cutShort), touched };
  const callId = call.id;
  const result = await tool.execute(call.input, {
    workspace: {
      ...workspace,
      async resolve(path) {
        const absolute = await workspace.resolve(path);
        touched.push(absolute);
        return absolute;
      },
    },
    base,
    callId,
    processes,
    deadline,
    show: (stream, text) => text !== "" && emit({ type: "tool.output", callId, stream, text }),
    state: emit,
  });
  return { result, touched };
}

function brokenInput({ name, broken }: ToolCall, cutShort: boolean): ToolResult {
  const content = cutShort
    ? `Your answer reached its length limit inside this call of ${name}, so nothing was done. Send less at once: several smaller edits, or the file in parts.`
    : `The input of ${name} was not valid JSON, so nothing was done. It ended with: ${broken}`;
  return { ok: false, content, summary: "broken input" };
}
