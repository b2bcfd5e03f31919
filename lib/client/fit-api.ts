import type { FitResponse, StartFitRequest, TakeFitRequest, TakenFitResponse } from "../protocol/fits";
import { request, runPath, send } from "./api";

/** Asks an agent to fit a composition together. The same key again asks nobody else. */
export function startFit(runId: string, number: number, body: StartFitRequest, idempotencyKey: string): Promise<FitResponse> {
  return send("POST", at(runId, number), body, { "idempotency-key": idempotencyKey });
}

/** The newest fit of a composition, with what it changed. */
export function getFit(runId: string, number: number): Promise<FitResponse> {
  return request(at(runId, number));
}

export function stopFit(runId: string, number: number): Promise<FitResponse> {
  return send("POST", `${at(runId, number)}/stop`, {});
}

/** Refused as a conflict when the composition was changed elsewhere since `version`. */
export function takeFit(runId: string, number: number, body: TakeFitRequest): Promise<TakenFitResponse> {
  return send("POST", `${at(runId, number)}/take`, body);
}

export function discardFit(runId: string, number: number): Promise<FitResponse> {
  return send("POST", `${at(runId, number)}/discard`, {});
}

function at(runId: string, number: number): string {
  return `${runPath(runId)}/compositions/${number}/fit`;
}
