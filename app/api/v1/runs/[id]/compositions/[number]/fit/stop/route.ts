import { compositionPathSchema } from "@/lib/protocol/compositions";
import { route } from "@/server/http/route";

export const POST = route({ params: compositionPathSchema }, ({ services, params: { id, number } }) => services.fits.stop(id, number));
