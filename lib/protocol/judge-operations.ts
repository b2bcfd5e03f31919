import {
  changeProjectRubricSchema,
  projectRubricSchema,
  reviewEstimateSchema,
  reviewStartedSchema,
  runReviewsSchema,
  startReviewSchema,
} from "./judge";
import type { Operation } from "./openapi";

/** The part of the API that is about reviews by a model. */
export const judgeOperations: Operation[] = [
  {
    method: "get",
    path: "/runs/{id}/judge",
    id: "listReviews",
    summary: "What can be judged and by whom, and what judges said: advice, nothing is selected by it",
    response: runReviewsSchema,
  },
  {
    method: "post",
    path: "/runs/{id}/judge",
    id: "startReview",
    summary: "Have a model compare the variations that pass the gates, blinded and in several samples",
    body: startReviewSchema,
    status: 202,
    response: reviewStartedSchema,
  },
  {
    method: "post",
    path: "/runs/{id}/judge/estimate",
    id: "estimateReview",
    summary: "What a review would cost",
    body: startReviewSchema,
    response: reviewEstimateSchema,
  },
  {
    method: "post",
    path: "/runs/{id}/judge/cancel",
    id: "cancelReview",
    summary: "Stop the review that is under way",
    status: 202,
    response: reviewStartedSchema,
  },
  {
    method: "get",
    path: "/projects/{id}/rubric",
    id: "getProjectRubric",
    summary: "By what a project's variations are judged",
    response: projectRubricSchema,
  },
  {
    method: "put",
    path: "/projects/{id}/rubric",
    id: "setProjectRubric",
    summary: "Set by what a project's variations are judged, whole",
    body: changeProjectRubricSchema,
    response: projectRubricSchema,
  },
];
