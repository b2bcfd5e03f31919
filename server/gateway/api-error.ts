import type { ServerResponse } from "node:http";

export type ApiErrorType =
  | "invalid_request_error"
  | "authentication_error"
  | "not_found_error"
  | "request_too_large"
  | "rate_limit_error"
  | "api_error"
  | "overloaded_error";

/** A refusal that the caller gets in the shape of the Messages API. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}

/** `{"type":"error","error":{…}}`: the body of an error, and the data of a stream's `error` event. */
export function errorBody(type: string, message: string): string {
  return JSON.stringify({ type: "error", error: { type, message } });
}

/** Answers with `error`; where an answer has already begun, all that is left is to cut it. */
export function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status, type, message, headers } =
    error instanceof ApiError ? error : new ApiError(500, "api_error", "The model gateway failed. Try again.");
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(errorBody(type, message));
}
