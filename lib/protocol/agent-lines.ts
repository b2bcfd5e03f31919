import { z } from "zod";
import { type AgentEvent, agentEventSchema } from "../run/events";
import { failureSchema } from "../run/failures";

/**
 * What a sandbox prints on stdout: one JSON object per line, `{"n": 7, "type": …}`. `n` numbers the agent's own lines
 * from 1, so that a reader can tell a gap; the place in the spool is what cursors count. All agent events are lines, and one more ends the attempt:
 */
export const agentEndSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("agent.finished"), summary: z.string().optional() }),
  z.object({ type: z.literal("agent.failed"), failure: failureSchema }),
]);

export type AgentEnd = z.infer<typeof agentEndSchema>;
export type AgentLine = AgentEvent | AgentEnd;

const agentLineSchema = z.union([agentEventSchema, agentEndSchema]);

/** Longest raw line kept as a log event, in characters. */
const RAW_LINE_LIMIT = 8_192;

/**
 * One line of a sandbox's stdout → what it states. A line that is not in the protocol becomes a raw `log.line`, never an exception:
 * agents print what they like.
 */
export function parseAgentLine(text: string): AgentLine {
  if (text.startsWith("{")) {
    try {
      const parsed = agentLineSchema.safeParse(JSON.parse(text));
      if (parsed.success) return parsed.data;
    } catch {
      // Not JSON: a raw line, below.
    }
  }
  return { type: "log.line", stream: "stdout", text: text.slice(0, RAW_LINE_LIMIT) };
}
