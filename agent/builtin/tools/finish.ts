import { z } from "zod";
import { defineTool } from "./tool";

/** The agent's last word. */
export const finishTool = defineTool({
  name: "finish",
  kind: "other",
  quiet: true,
  description: "Ends the task. Call it once everything is done and checked, with a summary for the person who compares several solutions.",
  input: z.object({ summary: z.string().min(1).max(4_000).describe("What was done and why, what was left open. Markdown.") }),
  title: () => "Finished",
  run: ({ summary }) => Promise.resolve({ ok: true, content: "Finished.", finished: summary }),
});
