import type { AppErrorCode } from "../../app-error";

/** A landing that did not come about: what happened, what to do next. The use case turns it into an event or a problem. */
export class LandingError extends Error {
  constructor(
    readonly code: AppErrorCode,
    message: string,
    readonly remedy: string,
    readonly options: { field?: string; detail?: string } = {},
  ) {
    super(message);
    this.name = "LandingError";
  }
}
