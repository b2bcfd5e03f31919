import { z } from "zod";
import { startCrossTestsSchema } from "@/lib/protocol/checks";
import { runIdSchema } from "@/lib/protocol/http";
import { route } from "@/server/http/route";

const params = z.object({ id: runIdSchema });

export const GET = route({ params }, ({ services, params }) => services.checks.crossMatrix(params.id));

export const POST = route({ params, body: startCrossTestsSchema }, async ({ services, params, body }) =>
  Response.json(await services.checks.startCrossTests(params.id, body), { status: 202 }),
);
