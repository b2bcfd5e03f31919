import { z } from "zod";
import { runIdSchema } from "@/lib/protocol/http";
import { landSchema } from "@/lib/protocol/landing";
import { idempotencyKey } from "@/server/http/idempotency-key";
import { route } from "@/server/http/route";

export const POST = route({ params: z.object({ id: runIdSchema }), body: landSchema }, ({ services, params, body, request }) =>
  services.landings.land(params.id, body, "you", idempotencyKey(request)),
);
