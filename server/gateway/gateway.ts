import type { IncomingMessage, RequestListener } from "node:http";
import type { PriceTable } from "@/lib/pricing/price-table";
import type { Usage } from "@/lib/run/state";
import type { CallAudit } from "./call-audit";
import type { BreakerRhythm } from "./run-breaker";

/** What a token stands for. */
export interface AttemptGrant {
  runId: string;
  projectId: string;
  variation: number;
  attempt: number;
  /** Model id, `demo`, or `script:<name>`: the gateway, not the agent, decides where a call goes. */
  model: string;
  /** Models that may answer in its place when it cannot, in order. */
  fallbacks?: readonly string[];
  /** Not an attempt but a sample of a review of the run: `variation` is `JUDGE_VARIATION`, `attempt` the sample, and it is charged to the run. */
  review?: string;
  /** Dollars that may be spent, by whom; undefined: as many as you like. */
  caps?: { variation?: number; run?: number; project?: number };
}

/** In the place of a variation's index in calls that no variation makes. */
export const JUDGE_VARIATION = -1;

/** Whose spending is meant: a variation over all its attempts, a run, or a project in one calendar month (UTC, `YYYY-MM`). */
export type Spender =
  | { kind: "variation"; runId: string; variation: number }
  | { kind: "run"; runId: string }
  | { kind: "project"; projectId: string; month: string };

/** What one answered call used; `dollars` is null where no price is known. */
export type CallUsage = Omit<Usage, "dollars" | "unpriced"> & {
  model: string;
  requested?: string;
  call: string;
  cacheWrite1hTokens?: number;
  dollars: number | null;
};

/** How long the gateway waits for a provider, in ms. */
export interface UpstreamPatience {
  /** Until the first byte of a stream. */
  firstByteMs: number;
  /** Until the first byte of an answer that comes in one piece: the model has said everything by then. */
  wholeAnswerMs: number;
  /** Between two chunks; a stream that lives sends pings. */
  idleMs: number;
}

export interface GatewayOptions {
  /** Path of the unix socket; its directory is what sandboxes mount. Below 100 bytes. */
  socketPath: string;
  /** Looked up in the database, so that tokens survive a restart of the server. */
  authorize(token: string): Promise<AttemptGrant | undefined>;
  /** The provider, asked for each call, since people set its key; undefined while there is neither key nor base URL. */
  provider?(): { baseUrl: string; apiKey?: string } | undefined;
  /** Folder of scenario files for `script:<name>` models; absent: such models are refused. */
  scriptsDir?: string;
  /** Called once per answered call, also for cut streams; awaited before the last byte is passed on. */
  onUsage(grant: AttemptGrant, usage: CallUsage): Promise<void>;
  /** The prices in force, asked for each call, since people edit them; by default those that are built in. */
  prices?(): PriceTable;
  /** Dollars spent so far; asked once per spender and process, before its first call. By default none. */
  spent?(spender: Spender): Promise<number>;
  audit?: CallAudit;
  /** Something that a person should know about this variation. */
  onNotice?(grant: AttemptGrant, message: string): Promise<void>;
  /** No call of this run goes out before `until` (ms since the epoch). */
  onPaused?(runId: string, pause: { until: number; reason: string }): Promise<void>;
  onResumed?(runId: string): Promise<void>;
  /** Something failed that no caller can be told of. */
  onError?(error: unknown): void;
  /** Calls to the provider at once, over all runs. */
  maxCalls?: number;
  /** Bodies are kept in the audit, shortened: they hold the user's code. */
  keepBodies?: boolean;
  /** Takes the server's secrets out of what is kept or told of a call: a provider's error may hold the key that it was sent. */
  redact?(text: string): string;
  /** The same for what is kept, with the project's secrets: its agents may read those. By default `redact`. */
  redactionOf?(projectId: string): Promise<(text: string) => string>;
  /** Times, for tests. */
  rhythm?: Partial<BreakerRhythm & UpstreamPatience>;
}

/** The only thing a sandbox can reach. Agents never hold a provider key. */
export interface ModelGateway {
  readonly socketPath: string;
  /** The same door for other listeners: those that pods reach. */
  readonly listener: RequestListener;
  /** Whose token a request has; undefined: of no running attempt. */
  grantOf(request: IncomingMessage): Promise<AttemptGrant | undefined>;
  /** After a restart: the run was paused when the server died. */
  restorePause(runId: string, pause: { until: number; reason: string }): void;
  close(): Promise<void>;
}
