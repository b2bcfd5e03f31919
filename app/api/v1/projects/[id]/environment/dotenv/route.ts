import { z } from "zod";
import { dotenvSchema, projectIdSchema } from "@/lib/protocol/environment";
import { route } from "@/server/http/route";

export const PUT = route({ params: z.object({ id: projectIdSchema }), body: dotenvSchema }, ({ services, params, body }) =>
  services.environment.takeDotenv(params.id, body),
);
