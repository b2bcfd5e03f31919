import { route } from "@/server/http/route";

export const POST = route({}, ({ services }) => services.provider.test());
