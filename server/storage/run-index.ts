/** A started attempt as a restart needs it. */
export interface AttemptRecord {
  runId: string;
  variation: number;
  attempt: number;
  /** Last line of the sandbox's output that is in the log. */
  line: number;
  model: string;
  /** JSON of the executor's reference, once started. */
  executorRef?: string;
}

export interface ProjectRecord {
  id: string;
  url: string;
  name: string;
}

/** What a run has to be to be listed; all that is given holds at once. */
export interface RunFilter {
  /** `undecided`: completed without a winner. `decided`: with one. */
  state?: "live" | "undecided" | "decided" | "failed" | "cancelled";
  projectId?: string;
  /** Words, in any letter case, that must all be in the prompt or in the repository's name. */
  query?: string;
  /** These and no others. */
  ids?: readonly string[];
}

export interface RunRow {
  runId: string;
  createdAt: number;
  summary: string;
}

/** Lists and look-ups beside the log: projections, projects, attempts, idempotency keys. */
export interface RunIndex {
  /** Newest first; `cursor` is what the last page returned, of the same filter. `total`: all that the filter finds. */
  listRuns(page: { limit: number; cursor?: string } & RunFilter): Promise<{ rows: RunRow[]; nextCursor?: string; total: number }>;
  getRun(runId: string): Promise<RunRow | undefined>;
  /** Runs that had not ended, oldest first: what a restart takes up again. */
  unfinishedRuns(): Promise<string[]>;
  /** The project of an address, created when it is new. */
  projectFor(url: string, name: string): Promise<ProjectRecord>;
  getProject(id: string): Promise<ProjectRecord | undefined>;
  recentProjects(limit: number): Promise<ProjectRecord[]>;
  findIdempotent(key: string): Promise<{ runId: string; bodyHash: string } | undefined>;
  getAttempt(runId: string, variation: number, attempt: number): Promise<AttemptRecord | undefined>;
  /** Sets a fresh token (its hash) before a start; the row is made when it is missing. */
  issueToken(attempt: { runId: string; variation: number; attempt: number; model: string; tokenHash: string }): Promise<void>;
  saveExecutorRef(runId: string, variation: number, attempt: number, executorRef: string): Promise<void>;
  findByToken(tokenHash: string): Promise<AttemptRecord | undefined>;
}
