import { z } from "zod";
import { runIdSchema } from "@/lib/protocol/http";
import { patchQuerySchema } from "@/lib/protocol/landing";
import { downloadResponse } from "@/server/http/download-response";
import { route } from "@/server/http/route";

export const GET = route({ params: z.object({ id: runIdSchema }), query: patchQuerySchema }, async ({ services, params, query }) =>
  downloadResponse(await services.landings.patch(params.id, { winner: query.variation, composition: query.composition })),
);
