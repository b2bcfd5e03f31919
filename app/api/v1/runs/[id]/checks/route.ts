import { z } from "zod";
import { startChecksSchema } from "@/lib/protocol/checks";
import { runIdSchema } from "@/lib/protocol/http";
import { route } from "@/server/http/route";

const params = z.object({ id: runIdSchema });

export const GET = route({ params }, ({ services, params }) => services.checks.list(params.id));

export const POST = route({ params, body: startChecksSchema }, async ({ services, params, body }) =>
  Response.json(await services.checks.start(params.id, body), { status: 202 }),
);
