import type {
  ChangeProjectRubric,
  ProjectRubricResponse,
  ReviewEstimateResponse,
  ReviewStartedResponse,
  RunReviewsResponse,
  StartReviewRequest,
} from "../protocol/judge";
import { post, request, runPath, send } from "./api";

/** What can be judged and by whom, and what judges said. */
export function listReviews(runId: string): Promise<RunReviewsResponse> {
  return request(`${runPath(runId)}/judge`);
}

/** Has a model compare the variations that pass the gates. */
export function startReview(runId: string, order: StartReviewRequest): Promise<ReviewStartedResponse> {
  return post(`${runPath(runId)}/judge`, order);
}

/** What a review would cost. */
export function estimateReview(runId: string, order: StartReviewRequest): Promise<ReviewEstimateResponse> {
  return post(`${runPath(runId)}/judge/estimate`, order);
}

/** Stops the review that is under way. */
export function cancelReview(runId: string): Promise<ReviewStartedResponse> {
  return post(`${runPath(runId)}/judge/cancel`, {});
}

/** Sets by what a project's variations are judged, whole. */
export function setProjectRubric(projectId: string, settings: ChangeProjectRubric): Promise<ProjectRubricResponse> {
  return send("PUT", `/projects/${encodeURIComponent(projectId)}/rubric`, settings);
}
