import { z } from "zod";
import { runIdSchema } from "@/lib/protocol/http";
import { landSchema } from "@/lib/protocol/landing";
import { route } from "@/server/http/route";

export const POST = route({ params: z.object({ id: runIdSchema }), body: landSchema }, ({ services, params, body }) =>
  services.landings.preview(params.id, body),
);
