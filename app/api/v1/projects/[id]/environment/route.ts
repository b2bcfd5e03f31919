import { z } from "zod";
import { changeEnvironmentSchema, projectIdSchema } from "@/lib/protocol/environment";
import { route } from "@/server/http/route";

const params = z.object({ id: projectIdSchema });

export const GET = route({ params }, ({ services, params }) => services.environment.describe(params.id));

export const PATCH = route({ params, body: changeEnvironmentSchema }, ({ services, params, body }) =>
  services.environment.change(params.id, body),
);
