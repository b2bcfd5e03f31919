import { z } from "zod";

const contentBlockSchema = z.looseObject({ type: z.string() });
const contentSchema = z.union([z.string().transform((text) => [{ type: "text", text }]), z.array(contentBlockSchema)]);

/** As much of a Messages API request as the models of this process look at. */
export const messagesRequestSchema = z.object({
  model: z.string(),
  stream: z.boolean().default(false),
  system: z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]).optional(),
  messages: z.array(z.object({ role: z.enum(["user", "assistant", "system"]), content: contentSchema })).min(1),
  tools: z.array(z.looseObject({ name: z.string() })).default([]),
  thinking: z.looseObject({ type: z.string() }).optional(),
});

export type MessagesRequest = z.infer<typeof messagesRequestSchema>;

/** How often the model has already answered in this conversation: it keeps no memory of its own. */
export function assistantTurns({ messages }: MessagesRequest): number {
  return messages.filter(({ role }) => role === "assistant").length;
}

/** A rough count, as good as any for a model that nobody pays. */
export function roughTokens(text: string): number {
  return Math.ceil(text.length / 4);
}
