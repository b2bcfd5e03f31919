import { changeCompositionSchema, compositionPathSchema } from "@/lib/protocol/compositions";
import { route } from "@/server/http/route";

const params = compositionPathSchema;

export const GET = route({ params }, ({ services, params: { id, number } }) => services.compositions.get(id, number));

export const PATCH = route({ params, body: changeCompositionSchema }, ({ services, params: { id, number }, body }) =>
  services.compositions.change(id, number, body, "you"),
);

export const DELETE = route({ params }, ({ services, params: { id, number } }) => services.compositions.delete(id, number, "you"));
