import { z } from "zod";
import { runIdSchema } from "@/lib/protocol/http";
import { messageIdSchema, withdrawQuerySchema } from "@/lib/protocol/messages";
import { route } from "@/server/http/route";

export const DELETE = route(
  { params: z.object({ id: runIdSchema, message: messageIdSchema }), query: withdrawQuerySchema },
  ({ services, params, query }) => services.messages.withdraw(params.id, params.message, "you", query.variation_id),
);
