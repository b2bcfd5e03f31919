import { z } from "zod";
import { runIdSchema } from "@/lib/protocol/http";
import { fileMapQuerySchema } from "@/lib/protocol/map";
import { route } from "@/server/http/route";

export const GET = route({ params: z.object({ id: runIdSchema }), query: fileMapQuerySchema }, ({ services, params, query, request }) =>
  services.maps.file(params.id, query, request.signal),
);
