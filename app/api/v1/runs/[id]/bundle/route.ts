import { z } from "zod";
import { runIdSchema } from "@/lib/protocol/http";
import { downloadResponse } from "@/server/http/download-response";
import { route } from "@/server/http/route";

export const GET = route({ params: z.object({ id: runIdSchema }) }, async ({ services, params }) =>
  downloadResponse(await services.bundles.open(params.id)),
);
