import { z } from "zod";
import { runIdSchema } from "@/lib/protocol/http";
import { filesQuerySchema } from "@/lib/protocol/trees";
import { route } from "@/server/http/route";

export const GET = route({ params: z.object({ id: runIdSchema }), query: filesQuerySchema }, async ({ services, params, query }) => {
  if (query.path !== undefined) return services.diffs.file(params.id, query.at, query.path);
  if (query.blob === undefined) return services.diffs.files(params.id, query.at);
  const blob = await services.diffs.blob(params.id, query.blob);
  // A blob's id is its content: it can be kept for ever.
  return Response.json(blob, { headers: { "cache-control": "private, max-age=31536000, immutable", etag: `"${query.blob}"` } });
});
