import { z } from "zod";
import { runIdSchema } from "@/lib/protocol/http";
import { route } from "@/server/http/route";

export const POST = route({ params: z.object({ id: runIdSchema }) }, async ({ services, params }) =>
  Response.json(await services.judge.cancel(params.id), { status: 202 }),
);
