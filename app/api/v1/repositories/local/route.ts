import { route } from "@/server/http/route";

export const dynamic = "force-dynamic";

export const GET = route({}, ({ services }) => services.repositories.local());
