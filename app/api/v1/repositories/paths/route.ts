import { pathsQuerySchema } from "@/lib/protocol/repositories";
import { route } from "@/server/http/route";

export const dynamic = "force-dynamic";

export const GET = route({ query: pathsQuerySchema }, ({ services, query }) => services.repositories.paths(query));
