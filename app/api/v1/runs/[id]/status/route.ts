import { z } from "zod";
import { runIdSchema } from "@/lib/protocol/http";
import { route } from "@/server/http/route";

export const GET = route({ params: z.object({ id: runIdSchema }) }, async ({ services, params }) => {
  const { run_id, status, winning_variation_id, jobs } = await services.runs.describe(params.id);
  return { run_id, status, winning_variation_id, jobs };
});
