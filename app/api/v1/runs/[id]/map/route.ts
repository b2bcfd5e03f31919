import { z } from "zod";
import { runIdSchema } from "@/lib/protocol/http";
import { mapQuerySchema } from "@/lib/protocol/map";
import { route } from "@/server/http/route";

export const GET = route({ params: z.object({ id: runIdSchema }), query: mapQuerySchema }, ({ services, params, query, request }) =>
  services.maps.map(params.id, query, request.signal),
);
