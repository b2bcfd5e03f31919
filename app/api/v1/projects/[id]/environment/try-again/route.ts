import { z } from "zod";
import { projectIdSchema } from "@/lib/protocol/environment";
import { route } from "@/server/http/route";

export const POST = route({ params: z.object({ id: projectIdSchema }) }, ({ services, params }) =>
  services.environment.tryAgain(params.id),
);
