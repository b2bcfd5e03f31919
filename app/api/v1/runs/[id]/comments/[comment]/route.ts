import { z } from "zod";
import { runIdSchema } from "@/lib/protocol/http";
import { changeCommentSchema, commentIdSchema } from "@/lib/protocol/messages";
import { route } from "@/server/http/route";

export const PATCH = route(
  { params: z.object({ id: runIdSchema, comment: commentIdSchema }), body: changeCommentSchema },
  ({ services, params, body }) => services.messages.resolve(params.id, params.comment, body.resolved, "you"),
);
