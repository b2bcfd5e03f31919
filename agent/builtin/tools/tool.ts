import { z } from "zod";
import type { AgentEvent } from "@/lib/run/events";
import type { ToolKind } from "@/lib/run/state";
import type { ProcessTable } from "../processes";
import type { Workspace } from "../workspace";

/** What a tool sees of its surroundings. */
export interface ToolContext {
  workspace: Workspace;
  /** The run's base, for what a file was before. */
  base: string;
  /** Text for the person who watches; the model gets the result. */
  show(stream: "stdout" | "stderr" | "result" | "diff", text: string): void;
  /** Facts beside output, such as a changed file or a plan. */
  state(event: Extract<AgentEvent, { type: "file.changed" | "plan.updated" | "output.truncated" }>): void;
  callId: string;
  /** Commands that run in the background. */
  processes: ProcessTable;
  /** Aborts when the attempt's time is over. */
  deadline: AbortSignal;
}

export interface ToolResult {
  ok: boolean;
  /** What the model reads. */
  content: string;
  /** A few words for the closed row. */
  summary?: string;
  exitCode?: number | null;
  /** Ends the task with this as its last word. */
  finished?: string;
  /** The call waited for something that works by itself. */
  waited?: boolean;
}

/** A tool with its input's type erased: `execute` checks what the model sent. */
export interface Tool {
  name: string;
  kind: ToolKind;
  description: string;
  inputSchema: Record<string, unknown>;
  /** What it does is a fact of its own: the call itself is only shown when it fails. */
  quiet: boolean;
  /** It changes nothing: such calls of one answer run at once. */
  pure: boolean;
  /** Display-ready, also for input that is wrong. */
  title(input: unknown): string;
  /** Resolves also when the tool fails: the model reads why and goes on. */
  execute(input: unknown, context: ToolContext): Promise<ToolResult>;
}

interface ToolDefinition<S extends z.ZodType> {
  name: string;
  kind: ToolKind;
  quiet?: boolean;
  description: string;
  input: S;
  title(input: z.infer<S>): string;
  run(input: z.infer<S>, context: ToolContext): Promise<ToolResult>;
}

/** One zod schema is what the model is told, what is checked, and the type inside. */
export function defineTool<S extends z.ZodType>({ name, kind, quiet = false, description, input, title, run }: ToolDefinition<S>): Tool {
  const { $schema: _, ...inputSchema } = z.toJSONSchema(input);
  return {
    name,
    kind,
    quiet,
    pure: kind === "read" || kind === "search",
    description,
    inputSchema,
    title(raw) {
      const parsed = input.safeParse(raw);
      return parsed.success ? oneLine(title(parsed.data)) : name;
    },
    async execute(raw, context) {
      const parsed = input.safeParse(raw);
      if (!parsed.success) {
        const wrong = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "input"}: ${message}`).join("; ");
        return { ok: false, content: `The input of ${name} is wrong: ${wrong}`, summary: "wrong input" };
      }
      try {
        return await run(parsed.data, context);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return { ok: false, content: `${name} failed: ${message}`, summary: oneLine(message) };
      }
    },
  };
}

/** Titles stand in one line. */
function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
