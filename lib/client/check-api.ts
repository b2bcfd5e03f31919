import type {
  ChangeProjectChecks,
  CheckDetailsResponse,
  CrossMatrixResponse,
  ProjectChecksResponse,
  RunChecksResponse,
  StartChecksRequest,
  StartCrossTestsRequest,
  StartedResponse,
} from "../protocol/checks";
import { answered, post, request, runPath, send } from "./api";

/** The newest result of each check on each target, and what would run. */
export function listChecks(runId: string): Promise<RunChecksResponse> {
  return request(`${runPath(runId)}/checks`);
}

/** Runs checks; without targets on every variation with a snapshot, and the base. */
export function startChecks(runId: string, order: StartChecksRequest = {}): Promise<StartedResponse> {
  return post(`${runPath(runId)}/checks`, order);
}

/** Stops what is queued or running. */
export function cancelChecks(runId: string): Promise<StartedResponse> {
  return post(`${runPath(runId)}/checks/cancel`, {});
}

/** One check with all of its tests and findings. */
export function getCheck(runId: string, id: string): Promise<CheckDetailsResponse> {
  return request(`${runPath(runId)}/checks/${id}`);
}

/** The whole kept output of a check or cross-test. */
export async function getCheckOutput(runId: string, id: string): Promise<string> {
  return (await answered(`${runPath(runId)}/checks/${id}/output`)).text();
}

export function listCrossTests(runId: string): Promise<CrossMatrixResponse> {
  return request(`${runPath(runId)}/cross-tests`);
}

/** Applies tests of targets to the code of others. */
export function startCrossTests(runId: string, order: StartCrossTestsRequest = {}): Promise<StartedResponse> {
  return post(`${runPath(runId)}/cross-tests`, order);
}

/** How a project is checked. */
export function getProjectChecks(projectId: string): Promise<ProjectChecksResponse> {
  return request(checksPath(projectId));
}

/** Replaces all of it. */
export function setProjectChecks(projectId: string, settings: ChangeProjectChecks): Promise<ProjectChecksResponse> {
  return send("PUT", checksPath(projectId), settings);
}

function checksPath(projectId: string): string {
  return `/projects/${encodeURIComponent(projectId)}/checks`;
}

/** Where the whole output of a check can be opened. */
export function checkOutputUrl(runId: string, id: string): string {
  return `/api/v1${runPath(runId)}/checks/${id}/output`;
}
