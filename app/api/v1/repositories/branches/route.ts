import { branchesQuerySchema } from "@/lib/protocol/repositories";
import { route } from "@/server/http/route";

export const dynamic = "force-dynamic";

export const GET = route({ query: branchesQuerySchema }, ({ services, query }) => services.repositories.branches(query));
