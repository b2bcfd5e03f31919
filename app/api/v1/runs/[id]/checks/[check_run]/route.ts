import { z } from "zod";
import { checkRunIdSchema } from "@/lib/protocol/checks";
import { runIdSchema } from "@/lib/protocol/http";
import { route } from "@/server/http/route";

export const GET = route({ params: z.object({ id: runIdSchema, check_run: checkRunIdSchema }) }, ({ services, params }) =>
  services.checks.details(params.id, params.check_run),
);
