import type { Logger } from "pino";
import type { PriceTable } from "@/lib/pricing/price-table";
import type { SetupResponse } from "@/lib/protocol/http";
import type { RunEnvironments } from "../environment/run-environments";
import type { GitStore } from "../git/git-store";
import type { LineUpRules } from "../runs/run-service";
import type { RunWriter } from "../runs/run-writer";
import type { JudgeTokens } from "./judge-tokens";
import type { ProjectRubrics } from "./project-rubrics";

/** What reviews work with: ports only. */
export interface JudgeContext {
  writer: RunWriter;
  git: Pick<GitStore, "diff" | "patch">;
  rubrics: ProjectRubrics;
  environments: Pick<RunEnvironments, "redactionFor">;
  tokens: JudgeTokens;
  /** Of the gateway. */
  socketPath: string;
  prices: () => PriceTable;
  /** The models that this server has, and why one cannot be used. */
  models: () => Promise<SetupResponse["models"]>;
  refuseModel: LineUpRules["refuseModel"];
  /** Absolute. */
  dataDir: string;
  now: () => number;
  log: Pick<Logger, "warn" | "error">;
  draining: AbortSignal;
}
