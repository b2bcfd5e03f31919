import { allowedFoldersSchema, allowFolderSchema } from "./local-access";
import type { Operation } from "./openapi";

/** These take `Authorization: AideatorLocal <content of cli-token in the data folder>` and exist in single-user mode only. */
export const localOperations: Operation[] = [
  {
    method: "get",
    path: "/allowed-folders",
    id: "listAllowedFolders",
    summary: "Folders whose repositories may be named by path; for the server's own user only",
    response: allowedFoldersSchema,
  },
  {
    method: "post",
    path: "/allowed-folders",
    id: "allowFolder",
    summary: "Let repositories in a folder be named by path; for the server's own user only",
    body: allowFolderSchema,
    response: allowedFoldersSchema,
  },
  {
    method: "delete",
    path: "/allowed-folders",
    id: "disallowFolder",
    summary: "Take that back; for the server's own user only",
    query: allowFolderSchema,
    response: allowedFoldersSchema,
  },
];
