import { z } from "zod";
import { type AgentEvent, agentEventSchema } from "../run/events";
import { failureSchema } from "../run/failures";
import { firstCharacters, mapStrings, plainText } from "../run/plain-text";

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

/**
 * Longest raw line taken over, in characters. Twice what is stored of it in the end: a secret that lies across the cut made there is then
 * still whole when it is looked for.
 */
const RAW_LINE_LIMIT = 16_384;

/**
 * One line of a sandbox's stdout → what it states. A line that is not in the protocol becomes a raw `log.line`, never an exception:
 * agents print what they like. Every string is storable (`plainText`), and unknown keys are gone.
 */
export function parseAgentLine(text: string): AgentLine {
  if (text.startsWith("{")) {
    try {
      const parsed = agentLineSchema.safeParse(JSON.parse(text));
      if (parsed.success) return mapStrings(parsed.data, plainText);
    } catch {
      // Not JSON, or too deep for the parser: a raw line, below.
    }
  }
  return { type: "log.line", stream: "stdout", text: plainText(firstCharacters(text, RAW_LINE_LIMIT)) };
}
