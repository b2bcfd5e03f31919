import type { IncomingMessage, ServerResponse } from "node:http";
import type { BudgetLedger } from "./budget-ledger";
import type { UpstreamDialer } from "./call-upstream";
import type { ModelServer } from "./create-model-server";
import type { FairGate } from "./fair-gate";
import type { AttemptGrant, GatewayOptions, UpstreamPatience } from "./gateway";
import type { JsonBody } from "./read-json-body";
import type { RunBreaker } from "./run-breaker";

type Defaulted = "prices" | "spent" | "audit" | "onNotice" | "onPaused" | "onResumed" | "onError" | "maxCalls" | "redact";
export type FilledOptions = GatewayOptions & Required<Pick<GatewayOptions, Defaulted>>;

/** What the calls of one gateway share. */
export interface ServeContext {
  options: FilledOptions;
  models: ModelServer;
  dialer: UpstreamDialer;
  ledger: BudgetLedger;
  gate: FairGate;
  breaker: RunBreaker;
  patience: UpstreamPatience;
  /** Said once per attempt. */
  notices: Set<string>;
}

/** One request of an attempt, authorised and read. */
export interface MessageCall {
  grant: AttemptGrant;
  /** With its query string. */
  path: string;
  body: JsonBody;
  request: IncomingMessage;
  response: ServerResponse;
  /** Aborted when the caller has gone. */
  signal: AbortSignal;
}
