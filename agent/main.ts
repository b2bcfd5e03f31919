import { readFileSync } from "node:fs";
import { agentTaskSchema } from "@/lib/protocol/agent-task";
import { runAgentLoop } from "./builtin/agent-loop";
import { createEmit } from "./emit";
import { takeEnvironment } from "./environment";
import { gatewayBaseUrl } from "./forwarder";

/**
 * The program inside the sandbox. It finds its task and its way to the model in the environment, prints facts on standard output, and ends
 * with exactly one last word.
 */
const emit = createEmit();

function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

function crash(error: unknown): never {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const message = `The agent failed: ${error instanceof Error ? error.message : String(error)}`;
  emit({
    type: "agent.failed",
    failure: { code: "agent_error", message, remedy: "Run again; the detail says more.", detail: detail.slice(0, 4_000) },
  });
  process.exit(1);
}

process.on("uncaughtException", crash);
process.on("unhandledRejection", crash);

try {
  const task = agentTaskSchema.parse(JSON.parse(readFileSync(environment("AIDEATOR_TASK"), "utf8")));
  const token = environment("AIDEATOR_TOKEN");
  const baseUrl = await gatewayBaseUrl(environment("AIDEATOR_GATEWAY"));
  takeEnvironment(process.env.AIDEATOR_ENVIRONMENT);
  // Commands that the agent runs need none of it.
  for (const name of Object.keys(process.env)) if (name.startsWith("AIDEATOR_")) delete process.env[name];
  const end = await runAgentLoop({ task, baseUrl, token, emit });
  emit(end);
  process.exit(end.type === "agent.finished" ? 0 : 1);
} catch (error) {
  crash(error);
}
