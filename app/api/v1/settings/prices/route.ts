import { priceTableSchema } from "@/lib/pricing/price-table";
import { route } from "@/server/http/route";

export const dynamic = "force-dynamic";

export const GET = route({}, async ({ services }) => services.prices.describe());

export const PUT = route({ body: priceTableSchema }, ({ services, body }) => services.prices.replace(body));

export const DELETE = route({}, ({ services }) => services.prices.reset());
