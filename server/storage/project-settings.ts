import type { Exposure } from "@/lib/protocol/environment";

/** How a project is set up, as its people want it. */
export interface EnvironmentSettings {
  /** Absent: the detected one. */
  setupCommand?: string;
  enabled: boolean;
  seedFromCheckout: boolean;
  /** Beside the default ones; as `parseEgressRule` takes them. */
  domains: string[];
  /** JSON of what the newest run found and did. */
  newest?: string;
}

export interface StoredVariable {
  name: string;
  /** Sealed where `secret`. */
  value: string;
  secret: boolean;
  expose: Exposure;
  /** ms since the epoch. */
  updatedAt: number;
}

/** What is kept of a project beside its runs. */
export interface ProjectSettings {
  /** The defaults where nothing was set. */
  environment(projectId: string): Promise<EnvironmentSettings>;
  /** Changes what is given; `setupCommand: null` goes back to the detected one. */
  saveEnvironment(
    projectId: string,
    change: Partial<Omit<EnvironmentSettings, "setupCommand">> & { setupCommand?: string | null },
  ): Promise<void>;
  /** By name. */
  variables(projectId: string): Promise<StoredVariable[]>;
  /** All of it or nothing. */
  changeVariables(projectId: string, change: { set: Omit<StoredVariable, "updatedAt">[]; remove: string[] }): Promise<void>;
}
