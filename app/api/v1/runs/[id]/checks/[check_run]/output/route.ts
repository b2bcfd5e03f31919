import { z } from "zod";
import { checkRunIdSchema, outputQuerySchema } from "@/lib/protocol/checks";
import { runIdSchema } from "@/lib/protocol/http";
import { route } from "@/server/http/route";

const params = z.object({ id: runIdSchema, check_run: checkRunIdSchema });

export const GET = route({ params, query: outputQuerySchema }, async ({ services, params, query }) => {
  const text = await services.checks.output(params.id, params.check_run, query);
  // What a stranger's program printed is no page, whatever it looks like.
  const headers = { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff", "cache-control": "no-store" };
  return new Response(text, { headers });
});
