import type { Operation } from "./openapi";
import {
  branchesQuerySchema,
  branchesResponseSchema,
  localRepositoriesResponseSchema,
  pathsQuerySchema,
  pathsResponseSchema,
} from "./repositories";

/** The part of the API that looks into a repository before there is a run. */
export const repositoryOperations: Operation[] = [
  {
    method: "get",
    path: "/repositories/branches",
    id: "listBranches",
    summary: "Branches of a repository as they are there now; nothing is fetched",
    query: branchesQuerySchema,
    response: branchesResponseSchema,
  },
  {
    method: "get",
    path: "/repositories/paths",
    id: "findPaths",
    summary: "Paths of a repository's tree that match; fetches the repository first where it is not here yet",
    query: pathsQuerySchema,
    response: pathsResponseSchema,
  },
  {
    method: "get",
    path: "/repositories/local",
    id: "listLocalRepositories",
    summary: "Repositories inside the folders that may be named by path",
    response: localRepositoriesResponseSchema,
  },
];
