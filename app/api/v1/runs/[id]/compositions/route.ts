import { z } from "zod";
import { createCompositionSchema } from "@/lib/protocol/compositions";
import { runIdSchema } from "@/lib/protocol/http";
import { idempotencyKey } from "@/server/http/idempotency-key";
import { route } from "@/server/http/route";

const params = z.object({ id: runIdSchema });

export const GET = route({ params }, ({ services, params: { id } }) => services.compositions.list(id));

export const POST = route({ params, body: createCompositionSchema }, async ({ services, params: { id }, body, request }) =>
  Response.json(await services.compositions.create(id, body, "you", idempotencyKey(request)), {
    status: 201,
    headers: { "cache-control": "no-store" },
  }),
);
