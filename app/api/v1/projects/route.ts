import { type ListProjectsResponse, listProjectsQuerySchema } from "@/lib/protocol/spending";
import { route } from "@/server/http/route";

export const GET = route({ query: listProjectsQuerySchema }, async ({ services, query }): Promise<ListProjectsResponse> => {
  const { projects, nextCursor } = await services.projects.list(query);
  return { projects, next_cursor: nextCursor ?? null };
});
