import { fitSchema, startFitSchema, takeFitSchema, takenFitSchema } from "./fits";
import type { Operation } from "./openapi";

/** The part of the API that has an agent fit a composition together. */
export const fitOperations: Operation[] = [
  {
    method: "post",
    path: "/runs/{id}/compositions/{number}/fit",
    id: "startFit",
    summary: "Ask an agent to fit the composition together, limited to its seams. The same Idempotency-Key again asks nobody else",
    body: startFitSchema,
    status: 202,
    response: fitSchema,
  },
  {
    method: "get",
    path: "/runs/{id}/compositions/{number}/fit",
    id: "getFit",
    summary: "The newest fit of the composition, and what it changed",
    response: fitSchema,
  },
  { method: "post", path: "/runs/{id}/compositions/{number}/fit/stop", id: "stopFit", summary: "Stop the agent", response: fitSchema },
  {
    method: "post",
    path: "/runs/{id}/compositions/{number}/fit/take",
    id: "takeFit",
    summary: "Take what it changed into the composition, as a change that can be undone; all of it or nothing",
    body: takeFitSchema,
    response: takenFitSchema,
  },
  {
    method: "post",
    path: "/runs/{id}/compositions/{number}/fit/discard",
    id: "discardFit",
    summary: "Leave what it changed",
    response: fitSchema,
  },
];
