import { z } from "zod";
import type { Problem } from "@/lib/protocol/http";
import { type AppErrorCode, errorStatus, type FieldProblem, isAppError, STORAGE_FULL } from "../app-error";
import { isDiskFull, isStorageError } from "../storage/storage-error";

const titles: Record<AppErrorCode, string> = {
  bad_request: "Bad request",
  unauthorized: "Not signed in",
  forbidden: "Not allowed",
  not_found: "Not found",
  method_not_allowed: "Method not allowed",
  conflict: "Conflict",
  payload_too_large: "Too large",
  unsupported_media_type: "Unsupported media type",
  range_not_satisfiable: "Range not satisfiable",
  unprocessable: "Some fields are wrong",
  too_many_requests: "Too many requests",
  internal: "Internal error",
  repository_unreachable: "Repository not reachable",
  unavailable: "Not available",
  storage_full: "Storage full",
};

/** RFC 9457 problem details of a code. */
export function problem(code: AppErrorCode, detail: string, fields: readonly FieldProblem[] = []): Problem {
  const errors = fields.length === 0 ? undefined : [...fields];
  return { type: `urn:aideator:problem:${code}`, title: titles[code], status: errorStatus[code], detail, code, errors };
}

/** What a thrown value tells the caller. Unexpected errors say nothing of their insides. */
export function problemOf(error: unknown): Problem {
  if (isAppError(error)) return problem(error.code, error.message, error.fields);
  if (error instanceof z.ZodError)
    return problem("unprocessable", "The request does not have the form that is asked for.", fieldProblems(error));
  if (isDiskFull(error)) return problem("storage_full", STORAGE_FULL);
  if (isStorageError(error)) return problem("unavailable", `${error.message} Try again, or end that program.`);
  return problem("internal", "Something went wrong on the server. Its log says more.");
}

/** One entry per wrong field; unknown fields are named one by one. */
export function fieldProblems(error: z.ZodError): FieldProblem[] {
  return error.issues.flatMap((issue): FieldProblem[] => {
    const path = issue.path.map(String);
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({ field: [...path, key].join("."), message: "This field is not known here: remove it." }));
    }
    return [{ field: path.join(".") || "body", message: issue.message }];
  });
}
