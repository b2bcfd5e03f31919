import { z } from "zod";

/**
 * Why a variation or a run failed. Data that a person reads in a pane, never an exception:
 * `message` says what happened, `remedy` what to do next.
 */
export const failureCodes = [
  "agent_error", // the agent itself gave up: `message` is its own words
  "agent_crashed", // the process ended without saying that it was done
  "agent_killed", // a signal from outside ended it
  "model_error", // the model or its provider refused, after all retries
  "budget", // a limit in turns, dollars or tokens was reached
  "timeout", // the wall-clock or idle limit was reached
  "out_of_memory",
  "resource_limit", // more processes or disk space than a sandbox may have
  "no_progress", // it repeated itself
  "lost", // the server was away and the process was gone when it came back
  "prepare_failed", // the tree could not be made
  "sandbox", // the sandbox could not be started
  "storage", // the log or the disk refused
  "repository", // the base could not be fetched or resolved
  "landing", // the chosen tree could not be brought where it was wanted
  "no_variation", // a run of which no variation completed
] as const;

export const failureSchema = z.object({
  code: z.enum(failureCodes),
  /** What happened and why, one or two sentences. */
  message: z.string(),
  /** What the person can do next. */
  remedy: z.string(),
  /** Raw detail: last lines of stderr, the provider's answer. */
  detail: z.string().optional(),
});

export type FailureCode = (typeof failureCodes)[number];
export type Failure = z.infer<typeof failureSchema>;
