import { z } from "zod";
import { MAX_VARIATIONS } from "../run/bounds";
import { commentSchema } from "../run/comment-schema";
import { MAX_COMMENTS, MAX_PROMPT_LENGTH } from "./bounds";
import type { Operation } from "./openapi";
import { diffSideSchema } from "./trees";

/** The wire of follow-up messages and comments. */
const variation = z
  .int()
  .min(0)
  .max(MAX_VARIATIONS - 1);
const text = z
  .string()
  .max(
    MAX_PROMPT_LENGTH,
    `A message may have ${MAX_PROMPT_LENGTH} characters at most: shorten it, or put the material into a file of the repository.`,
  );
const line = z.int().min(1).max(10_000_000);

const draftAnchorSchema = z.discriminatedUnion("kind", [
  z
    .strictObject({
      kind: z.literal("lines"),
      at: diffSideSchema.meta({ description: "Whose tree, as in a diff: `base`, `b`, `b@turn-1`, or a commit of the run." }),
      path: z.string().min(1).max(4_000),
      from: line,
      to: line,
    })
    .refine(({ from, to }) => from <= to, { path: ["to"], message: "Give the last line, which does not come before the first." }),
  z.strictObject({
    kind: z.literal("item"),
    variation_id: variation,
    seq: z.int().positive().meta({ description: "The event that began the item of the transcript." }),
  }),
]);

export const commentIdSchema = z.string().regex(/^[a-f0-9]{16}-\d{1,3}$/, "This is no id of a comment.");

const draftSchema = z.strictObject({
  on: draftAnchorSchema,
  text: text.default(""),
  port: z.boolean().default(false).meta({ description: "Ask the recipients to bring the change around these lines into their own trees." }),
  reply_to: commentIdSchema
    .optional()
    .meta({ description: "A comment of the same place: this one goes on its thread, and its recipients are told what was said there." }),
});

export const sendMessageSchema = z
  .strictObject({
    text: text.default(""),
    variations: z.array(variation).min(1).max(MAX_VARIATIONS).optional().meta({ description: "Who is to be given it." }),
    all: z.literal(true).optional().meta({ description: "Instead of `variations`: every variation of the run." }),
    comments: z
      .array(draftSchema)
      .max(MAX_COMMENTS)
      .default([])
      .meta({ description: "On lines or on items of transcripts; the server adds their exact words." }),
  })
  .refine((body) => (body.variations === undefined) !== (body.all === undefined), {
    path: ["variations"],
    message: "Give either variations or all.",
  })
  .refine((body) => body.text.trim() !== "" || body.comments.length > 0, {
    path: ["text"],
    message: "The message is empty: say what should be done.",
  })
  .refine((body) => body.comments.every((comment) => comment.port || comment.text.trim() !== ""), {
    path: ["comments"],
    message: "A comment is empty: say what it means, or set port.",
  });
export type SendMessageRequest = z.input<typeof sendMessageSchema>;
export type SendMessageOrder = z.output<typeof sendMessageSchema>;
export type DraftOrder = SendMessageOrder["comments"][number];

export const messageSchema = z.object({
  id: z.string(),
  text: z.string(),
  by: z.string(),
  at: z.iso.datetime(),
  recipients: z.array(
    z.object({
      variation_id: z.int(),
      /** `waiting`: it is given at the end of the attempt that works now. */
      state: z.enum(["waiting", "delivered", "withdrawn"]),
      /** The attempt that answers it. */
      attempt: z.int().nullable(),
      /** The ended turn that answered it: `a@turn-2` is turn 2 of A. */
      turn: z.int().nullable(),
    }),
  ),
  comments: z.array(commentSchema.extend({ resolved: z.boolean() })),
});
export type MessageResponse = z.infer<typeof messageSchema>;
export const messagesResponseSchema = z.object({ messages: z.array(messageSchema) });

export const withdrawQuerySchema = z.strictObject({
  variation_id: z.coerce
    .number()
    .int()
    .min(0)
    .max(MAX_VARIATIONS - 1)
    .optional()
    .meta({ description: "From this recipient; absent: from all that have not been given it." }),
});
export const messageIdSchema = z.string().regex(/^[a-f0-9]{16}$/, "This is no id of a message.");
export const changeCommentSchema = z.strictObject({ resolved: z.boolean() });

export const messageOperations: Operation[] = [
  {
    method: "get",
    path: "/runs/{id}/messages",
    id: "listMessages",
    summary: "Messages after the prompt and their comments, oldest first, with who was given them and the turn that answered",
    response: messagesResponseSchema,
  },
  {
    method: "post",
    path: "/runs/{id}/messages",
    id: "sendMessage",
    summary:
      "Say something to variations: who has ended goes on in its own tree, who works is given it afterwards; takes an Idempotency-Key",
    body: sendMessageSchema,
    status: 202,
    response: messageSchema,
  },
  {
    method: "delete",
    path: "/runs/{id}/messages/{message}",
    id: "withdrawMessage",
    summary: "Take a message back from whom it was not given to yet",
    query: withdrawQuerySchema,
    response: messageSchema,
  },
  {
    method: "patch",
    path: "/runs/{id}/comments/{comment}",
    id: "changeComment",
    summary: "Mark a comment as settled, or not",
    body: changeCommentSchema,
    response: messageSchema,
  },
];
