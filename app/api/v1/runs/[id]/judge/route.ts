import { z } from "zod";
import { runIdSchema } from "@/lib/protocol/http";
import { startReviewSchema } from "@/lib/protocol/judge";
import { route } from "@/server/http/route";

const params = z.object({ id: runIdSchema });

export const GET = route({ params }, ({ services, params }) => services.judge.list(params.id));

export const POST = route({ params, body: startReviewSchema }, async ({ services, params, body }) =>
  Response.json(await services.judge.start(params.id, body), { status: 202 }),
);
