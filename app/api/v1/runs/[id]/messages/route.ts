import { z } from "zod";
import { runIdSchema } from "@/lib/protocol/http";
import { sendMessageSchema } from "@/lib/protocol/messages";
import { idempotencyKey } from "@/server/http/idempotency-key";
import { route } from "@/server/http/route";

const params = z.object({ id: runIdSchema });

export const GET = route({ params }, ({ services, params: { id } }) => services.messages.list(id));

export const POST = route({ params, body: sendMessageSchema }, async ({ services, params: { id }, body, request }) =>
  Response.json(await services.messages.send(id, body, "you", idempotencyKey(request)), { status: 202 }),
);
