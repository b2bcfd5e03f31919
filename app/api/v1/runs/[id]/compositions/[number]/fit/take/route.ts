import { compositionPathSchema } from "@/lib/protocol/compositions";
import { takeFitSchema } from "@/lib/protocol/fits";
import { route } from "@/server/http/route";

export const POST = route({ params: compositionPathSchema, body: takeFitSchema }, ({ services, params: { id, number }, body }) =>
  services.fits.take(id, number, body, "you"),
);
