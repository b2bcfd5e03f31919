import type { Logger } from "pino";
import type { RunEnvironments } from "../environment/run-environments";
import type { Executor } from "../executors/executor";
import type { GitStore, RepositoryAddress } from "../git/git-store";
import type { RunQueue } from "../runs/run-queue";
import type { RunWriter } from "../runs/run-writer";
import type { CheckStore } from "./check-store";
import type { ProjectChecks } from "./project-checks";

/** What checks work with: ports only. */
export interface CheckContext {
  writer: RunWriter;
  git: Pick<GitStore, "diff" | "patch" | "treeOf" | "packCommits" | "overlay" | "listFiles" | "readBlob" | "mirrorPath">;
  executor: Executor;
  environments: Pick<RunEnvironments, "forChecks" | "redactionFor">;
  projects: ProjectChecks;
  store: CheckStore;
  /** How many variations run: checks leave them room. */
  load: RunQueue["load"];
  parseAddress: (input: string) => Promise<RepositoryAddress>;
  /** Stops a variation as a person would. */
  stopVariation: (runId: string, variation: number) => Promise<void>;
  /** Absolute. */
  dataDir: string;
  /** Programs, each one file: those of the sandbox, and the scanner's thread. */
  bundles: { check: string; reporter: string; scanner: string };
  now: () => number;
  log: Pick<Logger, "info" | "warn" | "error">;
  draining: AbortSignal;
}
