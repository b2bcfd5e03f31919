import type { PriceTable } from "../pricing/price-table";
import { LOCAL_TOKEN_SCHEME, MAX_DIFF_PAGE } from "../protocol/bounds";
import type { ChangeEnvironmentRequest, DotenvRequest, EnvironmentResponse } from "../protocol/environment";
import type {
  CreateRunRequest,
  CreateRunResponse,
  HealthResponse,
  ListRunsResponse,
  Problem,
  RunListState,
  RunResponse,
  SelectRequest,
  SelectResponse,
  SetupResponse,
} from "../protocol/http";
import type { LandingResponse, LandPreviewResponse, LandRequest } from "../protocol/landing";
import type { AllowedFoldersResponse } from "../protocol/local-access";
import type { FileMapResponse, MapResponse } from "../protocol/map";
import type { MessageResponse, SendMessageRequest } from "../protocol/messages";
import type { BranchesResponse, LocalRepositoriesResponse, PathsResponse } from "../protocol/repositories";
import type { ReconcileReportResponse, ServerStatusResponse } from "../protocol/server-status";
import type { ProviderSettingsResponse, ProviderTestResponse } from "../protocol/settings";
import type { ListProjectsResponse, PricesResponse } from "../protocol/spending";
import type { BlobResponse, DiffResponse } from "../protocol/trees";
import type { RunEvent } from "../run/events";
import type { TreeSource } from "../run/state";

/** Where requests go and what each carries. In a page: its own server, with its own cookie. */
let target: { origin: string; headers: Record<string, string> } = { origin: "", headers: {} };

/** For programs that are no page of the server: `origin` such as `http://127.0.0.1:3000`. */
export function setApiTarget(next: typeof target): void {
  target = next;
}

/** What every answer that is not a success is thrown as; `message` is the problem's detail. */
export class ApiProblem extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
    this.name = "ApiProblem";
  }

  /** True when nobody knows whether the server has acted: asking again with the same idempotency key is right. */
  get isUnanswered(): boolean {
    return this.problem.code === "unreachable";
  }
}

/** Anything thrown, as a problem that can be shown. */
export function problemFrom(error: unknown): Problem {
  if (error instanceof ApiProblem) return error.problem;
  return local(0, "unexpected", "Something went wrong", "Something went wrong on this page. Reload it and try again.");
}

/** What the composer needs to know about this server. */
export function getSetup(): Promise<SetupResponse> {
  return request("/setup");
}

/** Whether the server is well. */
export function getHealth(): Promise<HealthResponse> {
  return request("/health");
}

/** What the server itself has, holds apart and tidied up. */
export function getServerStatus(): Promise<ServerStatusResponse> {
  return request("/server");
}

/** Has the server look for what belongs to nothing, now. */
export function reconcileServer(): Promise<ReconcileReportResponse> {
  return post("/server/reconcile", {});
}

/** Which runs a list has; all that is given holds at once. */
export interface RunListFilter {
  state?: RunListState;
  projectId?: string;
  /** Words that must all be in the prompt or in the repository's name. */
  query?: string;
}

/** The newest runs, or the page that `cursor` names. */
export function listRuns(page: { cursor?: string; limit?: number; ids?: string[] } & RunListFilter = {}): Promise<ListRunsResponse> {
  const { cursor, limit, ids, state, projectId, query: words } = page;
  const fields = { cursor, limit: limit?.toString(), ids: ids?.join(","), state, project_id: projectId, query: words };
  return request(`/runs${query(fields)}`);
}

/** Branches of a repository as they are there now. */
export function listBranches(
  asked: { repository: string; query?: string; base?: string },
  signal?: AbortSignal,
): Promise<BranchesResponse> {
  const fields = { github_url: asked.repository, query: asked.query, base: asked.base };
  return request(`/repositories/branches${query(fields)}`, { signal });
}

/** Paths of a repository at a base (absent: its default branch) that match. */
export function findPaths(asked: { repository: string; base?: string; query: string }, signal?: AbortSignal): Promise<PathsResponse> {
  return request(`/repositories/paths${query({ github_url: asked.repository, base: asked.base, query: asked.query })}`, { signal });
}

/** Repositories of the server's machine that may be named by path. */
export function listLocalRepositories(): Promise<LocalRepositoriesResponse> {
  return request("/repositories/local");
}

/** Starts a run. The same key with the same request again is the same run. */
export function createRun(body: CreateRunRequest, idempotencyKey: string): Promise<CreateRunResponse> {
  return post("/runs", body, { "idempotency-key": idempotencyKey });
}

export function getRun(runId: string): Promise<RunResponse> {
  return request(runPath(runId));
}

/** The event at this place of a run's log; undefined where the log is not that long. */
export async function getEvent(runId: string, seq: number): Promise<RunEvent | undefined> {
  const page = await request<{ events: RunEvent[] }>(`${runPath(runId)}/events${query({ after: String(seq - 1), limit: "1" })}`);
  return page.events.find((event) => event.seq === seq);
}

/** Lets repositories in a folder of the server's machine be named by path; `localToken` proves that the caller is the server's user. */
export function allowFolder(path: string, localToken: string): Promise<AllowedFoldersResponse> {
  return post("/allowed-folders", { path }, asLocalUser(localToken));
}

export function disallowFolder(path: string, localToken: string): Promise<AllowedFoldersResponse> {
  return request(`/allowed-folders${query({ path })}`, { method: "DELETE", headers: asLocalUser(localToken) });
}

export function listAllowedFolders(localToken: string): Promise<AllowedFoldersResponse> {
  return request("/allowed-folders", { headers: asLocalUser(localToken) });
}

function asLocalUser(localToken: string): { authorization: string } {
  return { authorization: `${LOCAL_TOKEN_SCHEME} ${localToken}` };
}

/** Records the winner and makes its branch; can be repeated with another one. */
export function selectWinner(runId: string, choice: SelectRequest): Promise<SelectResponse> {
  return post(`${runPath(runId)}/select`, choice);
}

/** What landing so would do and meet. */
export function previewLanding(runId: string, request: LandRequest): Promise<LandPreviewResponse> {
  return post(`${runPath(runId)}/land/preview`, request);
}

/** Brings a variation's tree somewhere. The same key with the same request again is the same landing. */
export function landVariation(runId: string, request: LandRequest, idempotencyKey: string): Promise<LandingResponse> {
  return post(`${runPath(runId)}/land`, request, { "idempotency-key": idempotencyKey });
}

/** Addresses of the files to download. */
export function downloadPaths(runId: string, { winner, composition }: TreeSource): { patch: string; zip: string; tar: string } {
  const at = (name: string, fields: Record<string, string> = {}): string =>
    `/api/v1${runPath(runId)}/${name}${query({ variation: winner?.toString(), composition: composition?.toString(), ...fields })}`;
  return { patch: at("patch"), zip: at("archive", { format: "zip" }), tar: at("archive", { format: "tar.gz" }) };
}

/** The run as tar.gz: manifest, log, patches. */
export function getBundle(runId: string): Promise<Response> {
  return answered(`${runPath(runId)}/bundle`);
}

/** Stops one variation, or the whole run. */
export function cancelRun(runId: string, variation?: number): Promise<RunResponse> {
  return post(`${runPath(runId)}/cancel`, variation === undefined ? {} : { variation_id: variation });
}

/** Starts a failed or stopped variation anew, or all of them. */
export function retryRun(runId: string, variation?: number): Promise<RunResponse> {
  return post(`${runPath(runId)}/retry`, variation === undefined ? {} : { variation_id: variation });
}

/** Says something to variations. The same key with the same request again is the same message. */
export function sendMessage(runId: string, body: SendMessageRequest, idempotencyKey: string): Promise<MessageResponse> {
  return post(`${runPath(runId)}/messages`, body, { "idempotency-key": idempotencyKey });
}

/** Takes a message back from whom it was not given to yet. */
export function withdrawMessage(runId: string, message: string, variation?: number): Promise<MessageResponse> {
  return request(`${runPath(runId)}/messages/${message}${query({ variation_id: variation?.toString() })}`, { method: "DELETE" });
}

/** Marks a comment as settled, or not. */
export function resolveComment(runId: string, comment: string, resolved: boolean): Promise<MessageResponse> {
  return send("PATCH", `${runPath(runId)}/comments/${comment}`, { resolved });
}

/** Changed files between two sides, all pages: `base`, a letter, or a commit. */
export function getDiff(runId: string, from: string, to: string): Promise<DiffResponse> {
  return allPages((page) => request<DiffResponse>(`${runPath(runId)}/diff${query({ from, to, ...page })}`));
}

/** How far the variations agree on each file that one of them changed, all pages. */
export function getMap(runId: string): Promise<MapResponse> {
  return allPages((page) => request<MapResponse>(`${runPath(runId)}/map${query(page)}`));
}

/** The map of one file, by its path in the base: so many pages of rows, or as many as there are. */
export async function getFileMap(runId: string, path: string, pages: number, signal?: AbortSignal): Promise<FileMapResponse> {
  const page = (after: number): Promise<FileMapResponse> =>
    request(`${runPath(runId)}/map/file${query({ path, after: String(after) })}`, { signal });
  const map = await page(0);
  const rows = [...map.rows];
  for (let at = 1; at < pages && rows.length < map.total; at += 1) {
    const next = await page(rows.length);
    if (next.rows.length === 0) break;
    rows.push(...next.rows);
  }
  return { ...map, rows };
}

async function allPages<F, T extends { files: F[]; next_cursor: string | null }>(
  get: (page: { limit: string; cursor?: string }) => Promise<T>,
): Promise<T> {
  const limit = String(MAX_DIFF_PAGE);
  const first = await get({ limit });
  const files = [...first.files];
  for (let cursor = first.next_cursor; cursor !== null; ) {
    const page = await get({ limit, cursor });
    files.push(...page.files);
    cursor = page.next_cursor;
  }
  return { ...first, files, next_cursor: null };
}

/** Where the raw bytes of a file are; `path` gives an image its type. */
export function blobUrl(runId: string, blob: string, path: string): string {
  return `/api/v1${runPath(runId)}/blobs/${blob}${query({ name: path.slice(path.lastIndexOf("/") + 1) })}`;
}

/** The content of one file. The browser keeps it: a blob's id is its content. */
export function getBlob(runId: string, at: string, blob: string): Promise<BlobResponse> {
  return request(`${runPath(runId)}/files${query({ at, blob })}`);
}

/** How a project is set up. */
export function getEnvironment(projectId: string): Promise<EnvironmentResponse> {
  return request(environmentPath(projectId));
}

/** Changes what is given, nothing else. */
export function changeEnvironment(projectId: string, change: ChangeEnvironmentRequest): Promise<EnvironmentResponse> {
  return send("PATCH", environmentPath(projectId), change);
}

/** Sets what a dotenv text holds; `plain` names values too short to be secrets. */
export function putDotenv(projectId: string, dotenv: DotenvRequest): Promise<EnvironmentResponse & { plain: string[] }> {
  return send("PUT", `${environmentPath(projectId)}/dotenv`, dotenv);
}

/** Forgets that set-ups failed. */
export function trySetupAgain(projectId: string): Promise<EnvironmentResponse> {
  return post(`${environmentPath(projectId)}/try-again`, {});
}

/** Projects, the one used last first. */
export function listProjects(cursor?: string): Promise<ListProjectsResponse> {
  return request(`/projects${query({ cursor })}`);
}

/** The price list in force. */
export function getPrices(): Promise<PricesResponse> {
  return request("/settings/prices");
}

/** Replaces the whole list, for every call from now on. */
export function replacePrices(table: PriceTable): Promise<PricesResponse> {
  return send("PUT", "/settings/prices", table);
}

/** Back to the list that this version came with. */
export function resetPrices(): Promise<PricesResponse> {
  return request("/settings/prices", { method: "DELETE" });
}

/** Which provider answers, and whether it has a key. */
export function getProvider(): Promise<ProviderSettingsResponse> {
  return request("/settings/provider");
}

/** Sets the key for every call from now on. */
export function setProviderKey(key: string): Promise<ProviderSettingsResponse> {
  return send("PUT", "/settings/provider/key", { key });
}

export function removeProviderKey(): Promise<ProviderSettingsResponse> {
  return request("/settings/provider/key", { method: "DELETE" });
}

/** Has the server ask the provider for its models. */
export function testProvider(): Promise<ProviderTestResponse> {
  return post("/settings/provider/test", {});
}

function environmentPath(projectId: string): string {
  return `/projects/${encodeURIComponent(projectId)}/environment`;
}

export function runPath(runId: string): string {
  return `/runs/${encodeURIComponent(runId)}`;
}

export function query(fields: Record<string, string | undefined>): string {
  const given = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined);
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}

export function post<T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
  return send("POST", path, body, headers);
}

/** A request with a JSON body. Rejects with `ApiProblem`. */
export function send<T>(method: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
  return request(path, { method, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
}

/** Rejects with `ApiProblem`. */
export async function request<T>(path: string, init?: Init): Promise<T> {
  const response = await answered(path, init);
  const body: unknown = await response.json().catch(() => undefined);
  if (body === undefined) throw new ApiProblem(unreadable(response.status));
  // Server and page are one release: the shape of a success is what the schema says.
  return body as T;
}

type Init = Omit<RequestInit, "headers"> & { headers?: Record<string, string> };

/** Resolves to a success whose body is still to be read. */
export async function answered(path: string, init?: Init): Promise<Response> {
  const headers = { ...target.headers, ...init?.headers };
  const response = await fetch(`${target.origin}/api/v1${path}`, { ...init, headers }).catch(() => {
    throw new ApiProblem(
      local(0, "unreachable", "No answer", "The server did not answer. Check that it is running and that you are online, then try again."),
    );
  });
  if (response.ok) return response;
  throw new ApiProblem(problemIn(response, await response.json().catch(() => undefined)));
}

function problemIn(response: Response, body: unknown): Problem {
  return isProblem(body) ? body : unreadable(response.status);
}

/** Something between here and the server may answer in its place; checking this much does without the schemas' weight. */
function isProblem(body: unknown): body is Problem {
  if (typeof body !== "object" || body === null) return false;
  const { title, detail, code, status, errors } = body as Partial<Record<keyof Problem, unknown>>;
  const told = [title, detail, code].every((text) => typeof text === "string") && typeof status === "number";
  return told && (errors === undefined || Array.isArray(errors));
}

function unreadable(status: number): Problem {
  return local(status, "unreachable", "No answer", `The server did not answer as expected (status ${status}). Try again in a moment.`);
}

function local(status: number, code: string, title: string, detail: string): Problem {
  return { type: `urn:aideator:problem:${code}`, title, status, detail, code };
}
