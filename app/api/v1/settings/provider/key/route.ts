import { setProviderKeySchema } from "@/lib/protocol/settings";
import { route } from "@/server/http/route";

export const PUT = route({ body: setProviderKeySchema }, ({ services, body }) => services.provider.setKey(body.key));

export const DELETE = route({}, ({ services }) => services.provider.removeKey());
