import { z } from "zod";
import { runIdSchema } from "@/lib/protocol/http";
import { startReviewSchema } from "@/lib/protocol/judge";
import { route } from "@/server/http/route";

export const POST = route({ params: z.object({ id: runIdSchema }), body: startReviewSchema }, ({ services, params, body }) =>
  services.judge.estimate(params.id, body),
);
