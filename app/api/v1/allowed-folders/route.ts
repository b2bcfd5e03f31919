import { allowFolderSchema } from "@/lib/protocol/local-access";
import { route } from "@/server/http/route";

export const dynamic = "force-dynamic";

export const GET = route({}, async ({ services, request }) => {
  services.localAccess.check(request);
  return services.allowedFolders.list();
});

export const POST = route({ body: allowFolderSchema }, async ({ services, body, request }) => {
  services.localAccess.check(request);
  return services.allowedFolders.add(body.path);
});

export const DELETE = route({ query: allowFolderSchema }, async ({ services, query, request }) => {
  services.localAccess.check(request);
  return services.allowedFolders.remove(query.path);
});
