import { fileMapQuerySchema, fileMapResponseSchema, mapQuerySchema, mapResponseSchema } from "./map";
import type { Operation } from "./openapi";

/** The part of the API that says what variations agree and differ in. */
export const mapOperations: Operation[] = [
  {
    method: "get",
    path: "/runs/{id}/map",
    id: "mapRun",
    summary: "Every file that a variation changed, and how far they agree on it",
    query: mapQuerySchema,
    response: mapResponseSchema,
  },
  {
    method: "get",
    path: "/runs/{id}/map/file",
    id: "mapFile",
    summary: "One file, place by place: who says what there, who says the same, which versions exclude each other",
    query: fileMapQuerySchema,
    response: fileMapResponseSchema,
  },
];
