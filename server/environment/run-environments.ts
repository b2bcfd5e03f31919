import type { RunState } from "@/lib/run/state";
import type { AttemptEnvironment } from "../executors/executor";
import type { SecretRedaction } from "../runs/redact-secrets";
import type { AttemptPlace } from "../runs/run-context";

/** What supervisors need to know of the environment of projects. */
export interface RunEnvironments {
  /**
   * What an attempt's tree and commands start with. The first that asks in a run has the project set up, which the log tells; the others
   * wait for the same. Undefined when this variation was stopped meanwhile. A set-up that fails is told and leaves the tree as it is.
   */
  prepare(place: AttemptPlace, run: RunState, mirrorPath: string): Promise<AttemptEnvironment | undefined>;
  /** The same for a check of a run: as `prepare`, but of no variation. */
  forChecks(run: RunState, mirrorPath: string): Promise<AttemptEnvironment>;
  /** Somebody stopped this variation: it waits no longer, and what nobody waits for is ended. */
  leave(runId: string, variation: number): void;
  /** The server's secrets and the project's. */
  redactionFor(projectId: string): Promise<SecretRedaction>;
}
