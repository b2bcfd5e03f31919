/** Request errors: a closed union with one table to status codes. Failures of a run are data in its log instead (`lib/run/failures.ts`). */
export const errorStatus = {
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  range_not_satisfiable: 416,
  unprocessable: 422,
  too_many_requests: 429,
  internal: 500,
  repository_unreachable: 502,
  unavailable: 503,
  storage_full: 507,
} as const;

export type AppErrorCode = keyof typeof errorStatus;

/** What a caller is told whose request needs room that the disk does not have. */
export const STORAGE_FULL = "The disk of the data folder is full. Free space on it, then try again.";

/** Which input was wrong and what to do; `field` is a path such as `line_up.0.model`. */
export interface FieldProblem {
  field: string;
  message: string;
}

/** Marks `AppError` across bundles: the custom server and Next's route handlers each load their own copy of this module. */
const marker = Symbol.for("aideator.app-error");

/** An error that a caller of the API reads: what happened, why, what to do next. */
export class AppError extends Error {
  readonly [marker] = true;
  constructor(
    readonly code: AppErrorCode,
    message: string,
    readonly fields: FieldProblem[] = [],
  ) {
    super(message);
    this.name = "AppError";
  }
}

/** Not `instanceof`: the class may come from the other bundle. */
export function isAppError(error: unknown): error is AppError {
  return typeof error === "object" && error !== null && marker in error;
}
