import { z } from "zod";
import { runIdSchema } from "@/lib/protocol/http";
import { diffQuerySchema } from "@/lib/protocol/trees";
import { route } from "@/server/http/route";

export const GET = route({ params: z.object({ id: runIdSchema }), query: diffQuerySchema }, ({ services, params, query }) =>
  services.diffs.diff(params.id, query),
);
