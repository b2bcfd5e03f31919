import { z } from "zod";
import { runIdSchema } from "@/lib/protocol/http";
import { callsQuerySchema } from "@/lib/protocol/spending";
import { route } from "@/server/http/route";

export const GET = route({ params: z.object({ id: runIdSchema }), query: callsQuerySchema }, ({ services, params, query }) =>
  services.calls.list(params.id, query),
);
