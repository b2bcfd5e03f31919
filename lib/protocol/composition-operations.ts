import { z } from "zod";
import {
  changeCompositionSchema,
  changedCompositionSchema,
  composedFileQuerySchema,
  composedFileSchema,
  compositionDetailSchema,
  compositionListSchema,
  compositionSchema,
  createCompositionSchema,
  hunksResponseSchema,
} from "./compositions";
import type { Operation } from "./openapi";

/** The part of the API that puts a tree together from several variations. */
export const compositionOperations: Operation[] = [
  {
    method: "get",
    path: "/runs/{id}/compositions",
    id: "listCompositions",
    summary: "The compositions of a run",
    response: compositionListSchema,
  },
  {
    method: "post",
    path: "/runs/{id}/compositions",
    id: "createComposition",
    summary: "Begin a composition, from the base or from a variation. The same Idempotency-Key again makes no second one",
    body: createCompositionSchema,
    status: 201,
    response: compositionSchema,
  },
  {
    method: "get",
    path: "/runs/{id}/compositions/{number}",
    id: "getComposition",
    summary: "A composition, and what has become of what it is made of",
    response: compositionDetailSchema,
  },
  {
    method: "patch",
    path: "/runs/{id}/compositions/{number}",
    id: "changeComposition",
    summary: "Take hunks, lines by hand or whole files; what excludes each other is refused with the reason",
    body: changeCompositionSchema,
    response: changedCompositionSchema,
  },
  {
    method: "delete",
    path: "/runs/{id}/compositions/{number}",
    id: "deleteComposition",
    summary: "Delete a composition that is not the winner",
    response: z.object({ deleted: z.boolean() }),
  },
  {
    method: "get",
    path: "/runs/{id}/compositions/{number}/hunks",
    id: "listHunks",
    summary: "Everything that can be taken: the changed files with their rows, without texts",
    response: hunksResponseSchema,
  },
  {
    method: "get",
    path: "/runs/{id}/compositions/{number}/file",
    id: "getComposedFile",
    summary: "One file as it is composed, where each line is from, and what the variations say in each place",
    query: composedFileQuerySchema,
    response: composedFileSchema,
  },
];
