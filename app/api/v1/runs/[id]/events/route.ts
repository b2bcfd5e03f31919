import { z } from "zod";
import { eventsQuerySchema, runIdSchema } from "@/lib/protocol/http";
import { route } from "@/server/http/route";

export const GET = route({ params: z.object({ id: runIdSchema }), query: eventsQuerySchema }, async ({ services, params, query }) => {
  const { lastSeq } = await services.runs.get(params.id);
  const events = (await services.eventLog.read(params.id, query.after, query.limit)).slice(0, query.limit);
  const last = events.at(-1)?.seq;
  return { events, next: last !== undefined && last < lastSeq ? last : null };
});
