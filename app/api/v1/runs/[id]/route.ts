import { z } from "zod";
import { runIdSchema } from "@/lib/protocol/http";
import { route } from "@/server/http/route";

export const GET = route({ params: z.object({ id: runIdSchema }) }, ({ services, params }) => services.runs.describe(params.id));
