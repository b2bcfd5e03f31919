import { z } from "zod";
import { projectIdSchema } from "@/lib/protocol/environment";
import { changeProjectRubricSchema } from "@/lib/protocol/judge";
import { route } from "@/server/http/route";

const params = z.object({ id: projectIdSchema });

export const GET = route({ params }, ({ services, params }) => services.rubrics.describe(params.id));

export const PUT = route({ params, body: changeProjectRubricSchema }, ({ services, params, body }) =>
  services.rubrics.change(params.id, body),
);
