import { z } from "zod";
import { projectIdSchema, updateProjectSchema } from "@/lib/protocol/spending";
import { route } from "@/server/http/route";

export const PATCH = route({ params: z.object({ id: projectIdSchema }), body: updateProjectSchema }, ({ services, params, body }) =>
  services.projects.update(params.id, body),
);
