import { compositionPathSchema } from "@/lib/protocol/compositions";
import { route } from "@/server/http/route";

export const GET = route({ params: compositionPathSchema }, ({ services, params: { id, number }, request }) =>
  services.compositions.hunks(id, number, request.signal),
);
