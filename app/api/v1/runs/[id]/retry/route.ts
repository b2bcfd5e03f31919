import { z } from "zod";
import { retrySchema, runIdSchema } from "@/lib/protocol/http";
import { route } from "@/server/http/route";
import { describeRun } from "@/server/runs/run-summary";

export const POST = route({ params: z.object({ id: runIdSchema }), body: retrySchema }, async ({ services, params, body }) =>
  describeRun(await services.runs.retry(params.id, body.variation_id)),
);
