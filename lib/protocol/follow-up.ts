import { z } from "zod";

/** What an attempt that answers messages in its own tree is told beside the prompt. */
export const followUpSchema = z.object({
  /** Of this variation, from 1. */
  number: z.int().positive(),
  /** Turns so far, oldest first: what was asked (absent: the prompt) and the agent's last word on it. */
  earlier: z.array(z.object({ asked: z.string().optional(), answered: z.string() })).min(1),
  /** What was said and done in them, bounded. */
  record: z.string(),
  /** What the person says now. */
  message: z.string(),
});
export type FollowUp = z.infer<typeof followUpSchema>;

/** The block of a follow-up's message in the conversation; also what the models of this process know one by. */
export function followUpBlock(number: number, message: string): string {
  return `<follow_up number="${number}">\n${message}\n</follow_up>`;
}

/** The inverse of `followUpBlock`; undefined for any other text. */
export function readFollowUpBlock(text: string): { number: number; message: string } | undefined {
  const [, number, message] = /^<follow_up number="(\d+)">\n([^]*)\n<\/follow_up>$/.exec(text) ?? [];
  return number === undefined || message === undefined ? undefined : { number: Number(number), message };
}
