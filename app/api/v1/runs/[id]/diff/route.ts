import { z } from "zod";
import { diffQuerySchema, runIdSchema } from "@/lib/protocol/http";
import { route } from "@/server/http/route";

export const GET = route({ params: z.object({ id: runIdSchema }), query: diffQuerySchema }, ({ services, params, query }) =>
  services.diffs.diff(params.id, query.from, query.to),
);
