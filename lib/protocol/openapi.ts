import { z } from "zod";
import { runEventSchema } from "../run/events";
import { MAX_IMAGES } from "../run/prompt-images";
import { checkOperations } from "./check-operations";
import { compositionOperations } from "./composition-operations";
import { changeEnvironmentSchema, dotenvSchema, environmentResponseSchema } from "./environment";
import { fitOperations } from "./fit-operations";
import {
  cancelSchema,
  createRunResponseSchema,
  createRunSchema,
  eventsQuerySchema,
  healthResponseSchema,
  listRunsQuerySchema,
  listRunsResponseSchema,
  problemSchema,
  retrySchema,
  runResponseSchema,
  runStatusResponseSchema,
  selectResponseSchema,
  selectSchema,
  setupResponseSchema,
} from "./http";
import { judgeOperations } from "./judge-operations";
import { archiveQuerySchema, landingSchema, landPreviewSchema, landSchema, patchQuerySchema } from "./landing";
import { localOperations } from "./local-operations";
import { mapOperations } from "./map-operations";
import { messageOperations } from "./messages";
import { repositoryOperations } from "./repository-operations";
import { reconcileReportSchema, serverStatusSchema } from "./server-status";
import { settingsOperations } from "./settings-operations";
import { spendingOperations } from "./spending-operations";
import {
  blobResponseSchema,
  changesQuerySchema,
  changesResponseSchema,
  diffQuerySchema,
  diffResponseSchema,
  fileListResponseSchema,
  fileResponseSchema,
  filesQuerySchema,
} from "./trees";

export interface Operation {
  method: "get" | "post" | "put" | "patch" | "delete";
  path: string;
  id: string;
  summary: string;
  query?: z.ZodObject;
  body?: z.ZodType;
  status?: number;
  response?: z.ZodType;
  /** Instead of JSON. */
  contentType?: string;
}

const eventsResponseSchema = z.object({ events: z.array(runEventSchema), next: z.int().nullable() });

const operations: Operation[] = [
  ...localOperations,
  ...checkOperations,
  ...judgeOperations,
  {
    method: "get",
    path: "/server",
    id: "getServer",
    summary: "Sandbox, queue, disk, and what was tidied up",
    response: serverStatusSchema,
  },
  {
    method: "post",
    path: "/server/reconcile",
    id: "reconcileServer",
    summary: "Look for what belongs to nothing, now",
    response: reconcileReportSchema,
  },
  { method: "get", path: "/health", id: "getHealth", summary: "Is the server well, and what can it run", response: healthResponseSchema },
  {
    method: "get",
    path: "/setup",
    id: "getSetup",
    summary: "Models, repositories and sandbox of this server",
    response: setupResponseSchema,
  },
  {
    method: "post",
    path: "/runs",
    id: "createRun",
    summary: "Put one prompt to several agents",
    body: createRunSchema,
    status: 202,
    response: createRunResponseSchema,
  },
  {
    method: "get",
    path: "/runs",
    id: "listRuns",
    summary: "Runs, newest first",
    query: listRunsQuerySchema,
    response: listRunsResponseSchema,
  },
  { method: "get", path: "/runs/{id}", id: "getRun", summary: "One run", response: runResponseSchema },
  {
    method: "get",
    path: "/runs/{id}/images/{index}",
    id: "getRunImage",
    summary: "One picture of the prompt, from 0",
    contentType: "image/*",
  },
  {
    method: "get",
    path: "/runs/{id}/status",
    id: "getRunStatus",
    summary: "Status of a run and of its jobs",
    response: runStatusResponseSchema,
  },
  {
    method: "get",
    path: "/runs/{id}/events",
    id: "listEvents",
    summary: "Events after a seq, oldest first",
    query: eventsQuerySchema,
    response: eventsResponseSchema,
  },
  {
    method: "get",
    path: "/runs/{id}/stream",
    id: "streamRun",
    summary: "Server-sent events, from the beginning, from Last-Event-ID or from ?after=; ends when the run has ended",
    query: z.object({ after: z.int().min(0).optional() }),
    contentType: "text/event-stream",
  },
  {
    method: "post",
    path: "/runs/{id}/select",
    id: "selectWinner",
    summary: "Record the winner and make its branch",
    body: selectSchema,
    response: selectResponseSchema,
  },
  {
    method: "post",
    path: "/runs/{id}/land",
    id: "landVariation",
    summary: "Bring a variation's tree to a branch, a local checkout, a remote or a pull request; takes an Idempotency-Key",
    body: landSchema,
    response: landingSchema,
  },
  {
    method: "post",
    path: "/runs/{id}/land/preview",
    id: "previewLanding",
    summary: "What landing so would do and meet: dirty files, moved base, conflicts; changes nothing",
    body: landSchema,
    response: landPreviewSchema,
  },
  {
    method: "get",
    path: "/runs/{id}/patch",
    id: "getPatch",
    summary: "A variation's work as one mail for git am",
    query: patchQuerySchema,
    contentType: "text/x-patch",
  },
  {
    method: "get",
    path: "/runs/{id}/archive",
    id: "getArchive",
    summary: "A variation's whole tree as zip or tar.gz",
    query: archiveQuerySchema,
    contentType: "application/octet-stream",
  },
  {
    method: "get",
    path: "/runs/{id}/bundle",
    id: "getBundle",
    summary:
      "The whole run as tar.gz: manifest.json (see bundleManifestSchema in lib/protocol/bundle.ts), events.jsonl, a patch per variation",
    contentType: "application/gzip",
  },
  {
    method: "post",
    path: "/runs/{id}/cancel",
    id: "cancelRun",
    summary: "Stop the run or one variation",
    body: cancelSchema,
    response: runResponseSchema,
  },
  {
    method: "post",
    path: "/runs/{id}/retry",
    id: "retryRun",
    summary: "Start failed or stopped variations anew: on fresh trees, a follow-up on the one that it began with",
    body: retrySchema,
    response: runResponseSchema,
  },
  {
    method: "get",
    path: "/runs/{id}/diff",
    id: "diffTrees",
    summary: "Files that differ between two trees",
    query: diffQuerySchema,
    response: diffResponseSchema,
  },
  {
    method: "get",
    path: "/runs/{id}/changes",
    id: "listChanges",
    summary: "Every path that a variation changed, with what each of them did to it",
    query: changesQuerySchema,
    response: changesResponseSchema,
  },
  {
    method: "get",
    path: "/runs/{id}/files",
    id: "listFiles",
    summary: "Files of a tree, or the content of one",
    query: filesQuerySchema,
    response: z.union([fileListResponseSchema, fileResponseSchema, blobResponseSchema]),
  },
  {
    method: "get",
    path: "/runs/{id}/blobs/{blob}",
    id: "getBlob",
    summary: "The raw bytes of a file; a blob's id is its content, so they may be kept for ever. Range and If-None-Match are honoured",
    query: z.object({ name: z.string().optional().meta({ description: "A file name, whose ending gives images their content type." }) }),
    contentType: "application/octet-stream",
  },
  {
    method: "get",
    path: "/projects/{id}/environment",
    id: "getEnvironment",
    summary: "How a project is set up; secrets by name only",
    response: environmentResponseSchema,
  },
  {
    method: "patch",
    path: "/projects/{id}/environment",
    id: "changeEnvironment",
    summary: "Change a project's set-up, hosts, variables and secrets",
    body: changeEnvironmentSchema,
    response: environmentResponseSchema,
  },
  {
    method: "put",
    path: "/projects/{id}/environment/dotenv",
    id: "putDotenv",
    summary: "Set what a dotenv text holds",
    body: dotenvSchema,
    response: environmentResponseSchema.extend({ plain: z.array(z.string()) }),
  },
  {
    method: "post",
    path: "/projects/{id}/environment/try-again",
    id: "trySetupAgain",
    summary: "Forget that set-ups failed: the next run tries again",
    response: environmentResponseSchema,
  },
  ...mapOperations,
  ...messageOperations,
  ...compositionOperations,
  ...fitOperations,
  ...repositoryOperations,
  ...spendingOperations,
  ...settingsOperations,
];

/** Templates of all paths below `/api/v1`. */
export const apiPaths: readonly string[] = [...new Set(operations.map(({ path }) => path))];

/** The OpenAPI 3.1 description of `/api/v1`, made from the schemas that the server checks with. */
export function openApiDocument(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    const item = (paths[operation.path] ??= {});
    item[operation.method] = describe(operation);
  }
  return {
    openapi: "3.1.0",
    info: { title: "AIdeator", version, description: "Put one prompt to several coding agents at once, watch, compare, pick." },
    servers: [{ url: "/api/v1" }],
    paths,
  };
}

function describe({ path, id, summary, query, body, status = 200, response, contentType = "application/json" }: Operation): object {
  const named = Object.entries(pathParameters).filter(([name]) => path.includes(`{${name}}`));
  const parameters = [...named.map(([, parameter]) => parameter), ...(query === undefined ? [] : queryParameters(query))];
  const content = { [contentType]: { schema: response === undefined ? { type: "string" } : schemaOf(response, "output") } };
  return {
    operationId: id,
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { "application/json": { schema: schemaOf(body, "input") } } } }),
    responses: {
      [status]: { description: "Success", content },
      default: {
        description: "Problem details (RFC 9457)",
        content: { "application/problem+json": { schema: schemaOf(problemSchema, "output") } },
      },
    },
  };
}

const pathParameters = {
  id: { name: "id", in: "path", required: true, schema: { type: "string", pattern: "^[a-z0-9]{12,24}$" } },
  index: { name: "index", in: "path", required: true, schema: { type: "integer", minimum: 0, maximum: MAX_IMAGES - 1 } },
  number: { name: "number", in: "path", required: true, schema: { type: "integer", minimum: 1 } },
  project_id: { name: "project_id", in: "path", required: true, schema: { type: "string", pattern: "^[a-z0-9-]{1,64}$" } },
  check_run: { name: "check_run", in: "path", required: true, schema: { type: "string", pattern: "^[0-9a-f]{20}$" } },
  blob: { name: "blob", in: "path", required: true, schema: { type: "string", pattern: "^[0-9a-f]{40}$" } },
};

function queryParameters(query: z.ZodObject): object[] {
  const { properties = {}, required = [] } = schemaOf(query, "input") as { properties?: Record<string, object>; required?: string[] };
  return Object.entries(properties).map(([name, schema]) => ({ name, in: "query", required: required.includes(name), schema }));
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}
