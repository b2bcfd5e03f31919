import { z } from "zod";
import { runIdSchema } from "@/lib/protocol/http";
import { changesQuerySchema } from "@/lib/protocol/trees";
import { route } from "@/server/http/route";

export const GET = route({ params: z.object({ id: runIdSchema }), query: changesQuerySchema }, ({ services, params, query }) =>
  services.diffs.changes(params.id, query),
);
