import { type CreateRunResponse, createRunSchema, type ListRunsResponse, listRunsQuerySchema } from "@/lib/protocol/http";
import { jobName } from "@/lib/run/select";
import { idempotencyKey } from "@/server/http/idempotency-key";
import { route } from "@/server/http/route";

/** Eight pictures of 5 MB in base64, and room for one too many, so that the field can be named. */
const MAX_RUN_BODY_BYTES = 72 * 1024 * 1024;

export const POST = route({ body: createRunSchema, maxBodyBytes: MAX_RUN_BODY_BYTES }, async ({ services, body, request }) => {
  const run = await services.runs.create(body, idempotencyKey(request));
  const answer: CreateRunResponse = {
    run_id: run.runId,
    stream_url: `/api/v1/runs/${run.runId}/stream`,
    job_names: run.variations.map(({ index }) => jobName(run.runId, index)),
  };
  return Response.json(answer, { status: 202, headers: { location: `/api/v1/runs/${run.runId}` } });
});

export const GET = route({ query: listRunsQuerySchema }, async ({ services, query }): Promise<ListRunsResponse> => {
  const { project_id: projectId, ids, ...page } = query;
  const { runs, nextCursor, total } = await services.runs.list({ ...page, projectId, ids: ids?.split(",") });
  return { runs, next_cursor: nextCursor ?? null, total };
});
