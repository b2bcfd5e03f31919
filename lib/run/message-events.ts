import { z } from "zod";
import { commentSchema } from "./comment-schema";

const number = z.int().min(0);

/** What a variation's attempt goes on from, where it does not begin at the base. */
export const continuationSchema = z.object({
  /** The snapshot that its tree starts as; absent: the base. */
  commit: z.string().optional(),
  /** Ids of the messages that it is given, oldest first. */
  messages: z.array(z.string()),
});
export type Continuation = z.infer<typeof continuationSchema>;

/** Of the run as a whole, since one message can have several recipients: no `variation` outside. */
export const messageEventSchemas = [
  z.object({
    type: z.literal("message.sent"),
    id: z.string(),
    /** May be empty where comments say it all. */
    text: z.string(),
    /** Indices of the recipients. */
    to: z.array(number),
    by: z.string(),
    comments: z.array(commentSchema).optional(),
    /** SHA-256 of the request: the same key with another request is a mistake to be told. */
    requestHash: z.string().optional(),
  }),
  /** Taken back from these recipients, before they were given it. */
  z.object({ type: z.literal("message.withdrawn"), id: z.string(), from: z.array(number), by: z.string() }),
  z.object({ type: z.literal("comment.resolved"), id: z.string(), by: z.string() }),
  z.object({ type: z.literal("comment.reopened"), id: z.string(), by: z.string() }),
] as const;

export type MessageEvent = z.infer<(typeof messageEventSchemas)[number]>;
