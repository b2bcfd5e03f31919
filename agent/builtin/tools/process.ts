import { z } from "zod";
import { plainOutput } from "../plain-output";
import type { ProcessNews } from "../processes";
import { defineTool, type ToolResult } from "./tool";

const LONGEST_WAIT_SECONDS = 120;

/** Commands in the background: what they print, and their end. */
export const processTool = defineTool({
  name: "process",
  kind: "command",
  description: `Reads what a background command has printed since the last reading, or stops it with all that it started. \`wait\` waits up to that many seconds (${LONGEST_WAIT_SECONDS} at most) for new output.`,
  input: z.object({
    id: z.string().min(1).describe("As `command` named it: p1, p2, …"),
    action: z.enum(["read", "stop"]),
    wait: z.number().min(0).max(LONGEST_WAIT_SECONDS).optional(),
  }),
  title: ({ id, action }) => `${action} ${id}`,
  async run({ id, action, wait = 0 }, { processes, show, deadline }) {
    const news = action === "stop" ? await processes.stop(id) : await processes.read(id, wait * 1_000, deadline);
    if (news === undefined) {
      const known = processes.names();
      const have = known.length === 0 ? "nothing was started in the background" : `there are ${known.join(", ")}`;
      return { ok: false, content: `There is no process ${id}: ${have}.`, summary: "no such process" };
    }
    show("stdout", news.output);
    return answer(news, action === "stop");
  },
});

function answer({ command, output, state, running, seconds }: ProcessNews, stopped: boolean): ToolResult {
  const text = output === "" ? "(nothing new was printed)" : plainOutput(output);
  const ending = stopped ? `stopped: ${state}` : state;
  return {
    ok: true,
    content: `${text}\n[${command}: ${ending}, ${seconds} s after its start]`,
    summary: ending,
    waited: running,
  };
}
