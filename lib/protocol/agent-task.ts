import { z } from "zod";
import { limitsSchema } from "../run/events";
import { MAX_IMAGES, promptImageTypes } from "../run/prompt-images";
import { followUpSchema } from "./follow-up";

/**
 * What an attempt is asked to do, as JSON at the path in `AIDEATOR_TASK`. It holds no secret: the gateway's token comes in
 * `AIDEATOR_TOKEN`, the gateway's place in `AIDEATOR_GATEWAY` (`unix:/run/aideator/gateway.sock` or `http://…`).
 */
export const agentTaskSchema = z.object({
  runId: z.string(),
  variation: z.int(),
  attempt: z.int(),
  prompt: z.string(),
  /** The tree is the agent's own of before, and there is more to do than the prompt said. */
  followUp: followUpSchema.optional(),
  /** Pictures that belong to the prompt: files beside the task's own, by their path inside the sandbox. */
  images: z
    .array(z.object({ path: z.string(), mediaType: z.enum(promptImageTypes) }))
    .max(MAX_IMAGES)
    .optional(),
  model: z.string(),
  temperature: z.number().optional(),
  instructions: z.string().optional(),
  limits: limitsSchema,
  /** The tree, inside the sandbox. */
  workspace: z.string(),
  /** False where no sandbox holds: the `command` tool is then not offered. */
  commandsAllowed: z.boolean(),
});

export type AgentTask = z.infer<typeof agentTaskSchema>;
