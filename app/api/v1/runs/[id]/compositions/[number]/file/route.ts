import { composedFileQuerySchema, compositionPathSchema } from "@/lib/protocol/compositions";
import { route } from "@/server/http/route";

export const GET = route({ params: compositionPathSchema, query: composedFileQuerySchema }, ({ services, params: { id, number }, query }) =>
  services.compositions.file(id, number, query.path),
);
