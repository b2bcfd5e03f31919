import type { Logger } from "pino";
import type { RepositoryAddress } from "../git/git-store";
import type { Identity, LandingGit } from "../git/landing/landing-git";
import type { SecretRedaction } from "../runs/redact-secrets";
import type { RunWriter } from "../runs/run-writer";
import type { PullRequests } from "./pull-requests";

/** What landing works with: ports only. */
export interface LandingContext {
  writer: RunWriter;
  git: LandingGit;
  pullRequests: PullRequests;
  /** Turns what a user typed into an address, or throws the `AppError` that says what to do. */
  parseAddress: (input: string) => Promise<RepositoryAddress>;
  /** What a user's own git fetches a run from. */
  remoteOf: (runId: string) => string;
  /** Who commits are by when the request does not say so; git's own configuration otherwise. */
  author?: Identity;
  redaction: SecretRedaction;
  /** Holds the journal of landings that are under way. Absolute. */
  dataDir: string;
  now: () => number;
  log: Logger;
}
