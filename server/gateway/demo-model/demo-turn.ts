import type { ToolResult } from "./conversation";

export interface DemoToolCall {
  name: string;
  input: Record<string, unknown>;
}

/** What the demo model says and does in one turn. Calls of tools that the request does not offer are left out. */
export interface DemoTurn {
  text: string;
  tools: DemoToolCall[];
}

/** Everything that a demo run depends on. */
export interface DemoTask {
  prompt: string;
  variation: number;
  /** True when the request offers this tool. */
  offers(tool: string): boolean;
}

/**
 * A whole run as a generator: it yields turns and gets what the tools said to them. The model remembers nothing between calls; it plays
 * the run again from its beginning, up to the turn that is asked for.
 */
export type DemoRun = Generator<DemoTurn, void, ToolResult[]>;

/** The run's last turn: all steps are done. */
export function finishing(text: string, steps: readonly string[], summary: string): DemoTurn {
  return { text, tools: [planned(steps, steps.length), { name: "finish", input: { summary } }] };
}

/** The plan with its first `done` steps completed and the next one in progress. */
export function planned(steps: readonly string[], done: number): DemoToolCall {
  const status = (index: number): string => (index < done ? "completed" : index === done ? "in_progress" : "pending");
  return { name: "plan", input: { items: steps.map((text, index) => ({ text, status: status(index) })) } };
}

/** `A` for variation 0. */
export function letterOf(variation: number): string {
  return String.fromCharCode("A".charCodeAt(0) + (variation % 26));
}

/** The result of this turn's first call to `tool`. */
export function resultOf(results: readonly ToolResult[], tool: string): ToolResult | undefined {
  return results.find((result) => result.tool === tool);
}
