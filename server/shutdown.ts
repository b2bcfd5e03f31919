import type { Logger } from "pino";

/** Long enough for answers under way; a sandbox needs none of it. */
const DRAIN_TIMEOUT_MS = 10_000;
/** For stopped agents' last snapshots. */
const STOP_TIMEOUT_MS = 60_000;

export interface ShutdownParts {
  /** Asks every unfinished run to stop; resolves once all have ended, to how many there were. */
  stopRuns(): Promise<number>;
  /** Ends connections and lets go of everything; sandboxes that still run go on. */
  close(): Promise<void>;
  log: Logger;
  exit(code: number): void;
}

/**
 * SIGTERM leaves agents at work for the next start. SIGINT, a person at a terminal, stops them and keeps their work; a second one leaves
 * what has not ended yet.
 */
export function createShutdown({ stopRuns, close, log, exit }: ShutdownParts): (signal: "SIGTERM" | "SIGINT") => void {
  let closing = false;
  let stopping = false;

  function leave(): void {
    if (closing) return;
    closing = true;
    setTimeout(() => exit(1), DRAIN_TIMEOUT_MS).unref();
    void close().then(() => exit(0));
  }

  async function stopThenLeave(): Promise<void> {
    setTimeout(leave, STOP_TIMEOUT_MS).unref();
    const count = await stopRuns();
    if (count > 0) log.info({ runs: count }, "stopped running variations; their work is kept");
    leave();
  }

  return (signal) => {
    if (signal === "SIGINT" && !stopping && !closing) {
      stopping = true;
      log.info("stopping running variations; press Ctrl-C again to leave them at work");
      stopThenLeave().catch((error: unknown) => {
        log.error({ err: error }, "stopping failed; variations are left at work");
        leave();
      });
      return;
    }
    log.info({ signal }, "leaving; running variations go on and are attached again at the next start");
    leave();
  };
}
