import { z } from "zod";

/** What a comment is about, with its exact words as they were: a tree moves on, what was meant does not. */
export const commentAnchorSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("lines"),
    path: z.string(),
    /** Whose tree it was; absent: the base's. */
    variation: z.int().min(0).optional(),
    commit: z.string(),
    blob: z.string(),
    /** Lines from 1, both included. */
    from: z.int().positive(),
    to: z.int().positive(),
    quote: z.string(),
  }),
  z.object({
    kind: z.literal("item"),
    variation: z.int().min(0),
    /** The event that began the item of the transcript. */
    seq: z.int().positive(),
    /** `Edited src/retry.ts`, `said`: what kind of item it is. */
    title: z.string(),
    quote: z.string(),
  }),
]);
export type CommentAnchor = z.infer<typeof commentAnchorSchema>;

/** What was said before in a thread, as it was when somebody replied. */
export const replySchema = z.object({
  /** The comment that the thread begins with. */
  to: z.string(),
  /** Oldest first; a port without words is said as such. */
  earlier: z.array(z.string()),
});

export const commentSchema = z.object({
  id: z.string(),
  on: commentAnchorSchema,
  /** May be empty where `port` says it all. */
  text: z.string(),
  /** The change around the lines, as a unified diff against the base: the recipients are asked to do the same in their own trees. */
  port: z.string().optional(),
  /** Of one that goes on a thread; absent: it begins one. */
  reply: replySchema.optional(),
});
export type Comment = z.infer<typeof commentSchema>;
