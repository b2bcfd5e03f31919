import { compositionPathSchema } from "@/lib/protocol/compositions";
import { startFitSchema } from "@/lib/protocol/fits";
import { idempotencyKey } from "@/server/http/idempotency-key";
import { route } from "@/server/http/route";

const params = compositionPathSchema;

export const GET = route({ params }, ({ services, params: { id, number } }) => services.fits.get(id, number));

export const POST = route({ params, body: startFitSchema }, async ({ services, params: { id, number }, body, request }) =>
  Response.json(await services.fits.start(id, number, body, "you", idempotencyKey(request)), {
    status: 202,
    headers: { "cache-control": "no-store" },
  }),
);
