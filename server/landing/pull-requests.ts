import type { Logger } from "pino";

/** A repository at a forge. */
export interface ForgeRepository {
  owner: string;
  name: string;
}

/** Where the branch of a pull request is pushed to. */
export interface PullRequestSource extends ForgeRepository {
  /** For git, without credentials. */
  cloneUrl: string;
  /** True when the user may not push to the repository itself. */
  fork: boolean;
  /** Default branch of the repository that the pull request goes to. */
  defaultBranch: string;
  /** The token that git pushes with. */
  token: string;
}

export interface PullRequestOrder {
  repository: ForgeRepository;
  source: PullRequestSource;
  branch: string;
  base: string;
  title: string;
  body: string;
  draft: boolean;
}

/**
 * Pull requests at a forge. Rejects with `LandingError` that says what to do; waits out short rate limits by itself. No token is ever part of
 * what it answers or throws, but for `PullRequestSource.token`.
 */
export interface PullRequests {
  /** The repository behind an address, or undefined when it is not one of this forge. */
  repositoryOf(url: string): ForgeRepository | undefined;
  /** Undefined when pull requests can be opened, else what is missing. */
  unavailable(): string | undefined;
  /** The repository itself where the user may push, else their fork, made and waited for when there is none. */
  sourceFor(repository: ForgeRepository): Promise<PullRequestSource>;
  /** Opens it, or brings the open one of this branch up to date. */
  open(order: PullRequestOrder): Promise<{ url: string; number: number; created: boolean; notes: string[] }>;
}

export interface PullRequestsOptions {
  /** `https://api.github.com`, or `https://<host>/api/v3`. */
  apiUrl: string;
  token?: string;
  log: Logger;
}
