import { z } from "zod";
import { changeProjectChecksSchema } from "@/lib/protocol/checks";
import { projectIdSchema } from "@/lib/protocol/environment";
import { route } from "@/server/http/route";

const params = z.object({ id: projectIdSchema });

export const GET = route({ params }, ({ services, params }) => services.projectChecks.describe(params.id));

export const PUT = route({ params, body: changeProjectChecksSchema }, ({ services, params, body }) =>
  services.projectChecks.change(params.id, body),
);
