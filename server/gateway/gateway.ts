import type { Usage } from "@/lib/run/state";

/** What a token stands for. */
export interface AttemptGrant {
  runId: string;
  variation: number;
  attempt: number;
  /** Model id, `demo`, or `script:<name>`: the gateway, not the agent, decides where a call goes. */
  model: string;
}

export interface GatewayOptions {
  /** Path of the unix socket; its directory is what sandboxes mount. Below 100 bytes. */
  socketPath: string;
  /** Looked up in the database, so that tokens survive a restart of the server. */
  authorize(token: string): Promise<AttemptGrant | undefined>;
  /** Called once per answered call, also for cut streams; awaited before the last byte is passed on. */
  onUsage(grant: AttemptGrant, usage: Usage & { model: string }): Promise<void>;
  /** The provider, absent when neither key nor base URL is configured. */
  provider?: { baseUrl: string; apiKey?: string };
  /** Folder of scenario files for `script:<name>` models; absent: such models are refused. */
  scriptsDir?: string;
}

/** The only thing a sandbox can reach. Agents never hold a provider key. */
export interface ModelGateway {
  readonly socketPath: string;
  close(): Promise<void>;
}
