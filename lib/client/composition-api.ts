import type {
  ChangeCompositionRequest,
  ChangedCompositionResponse,
  ComposedFileResponse,
  CompositionDetailResponse,
  CompositionResponse,
  CreateCompositionRequest,
  HunksResponse,
} from "../protocol/compositions";
import { query, request, runPath, send } from "./api";

/** Begins a composition. The same key again is the same composition. */
export function createComposition(runId: string, body: CreateCompositionRequest, idempotencyKey: string): Promise<CompositionResponse> {
  return send("POST", `${runPath(runId)}/compositions`, body, { "idempotency-key": idempotencyKey });
}

export function getComposition(runId: string, number: number): Promise<CompositionDetailResponse> {
  return request(at(runId, number));
}

/** Refused as a conflict when it was changed elsewhere since `version`. */
export function changeComposition(runId: string, number: number, change: ChangeCompositionRequest): Promise<ChangedCompositionResponse> {
  return send("PATCH", at(runId, number), change);
}

export function deleteComposition(runId: string, number: number): Promise<{ deleted: boolean }> {
  return request(at(runId, number), { method: "DELETE" });
}

/** Everything that can be taken, without texts. */
export function getHunks(runId: string, number: number): Promise<HunksResponse> {
  return request(`${at(runId, number)}/hunks`);
}

/** One file as it is composed. */
export function getComposedFile(runId: string, number: number, path: string): Promise<ComposedFileResponse> {
  return request(`${at(runId, number)}/file${query({ path })}`);
}

function at(runId: string, number: number): string {
  return `${runPath(runId)}/compositions/${number}`;
}
