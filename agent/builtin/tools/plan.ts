import { z } from "zod";
import { defineTool } from "./tool";

/** The to-do list that people see above the transcript. */
export const planTool = defineTool({
  name: "plan",
  kind: "other",
  quiet: true,
  description: "Shows or updates your plan as a short to-do list. Give the whole list each time; one item at most is in_progress.",
  input: z.object({
    items: z
      .array(z.object({ text: z.string().min(1).max(300), status: z.enum(["pending", "in_progress", "completed"]) }))
      .min(1)
      .max(20),
  }),
  title: ({ items }) => `${items.filter(({ status }) => status === "completed").length} of ${items.length} done`,
  run({ items }, { state }) {
    state({ type: "plan.updated", items });
    return Promise.resolve({ ok: true, content: "The plan is shown." });
  },
});
