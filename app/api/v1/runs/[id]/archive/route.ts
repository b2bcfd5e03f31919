import { z } from "zod";
import { runIdSchema } from "@/lib/protocol/http";
import { archiveQuerySchema } from "@/lib/protocol/landing";
import { downloadResponse } from "@/server/http/download-response";
import { route } from "@/server/http/route";

export const GET = route({ params: z.object({ id: runIdSchema }), query: archiveQuerySchema }, async ({ services, params, query }) =>
  downloadResponse(await services.landings.archive(params.id, query.format, { winner: query.variation, composition: query.composition })),
);
