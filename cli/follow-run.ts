import { type ConnectionStatus, connectRun } from "@/lib/client/run-connection";
import { createRunStore, type RunStore } from "@/lib/client/run-store";
import { openSocket } from "@/lib/client/socket";
import type { RunEvent } from "@/lib/run/events";
import { emptyRun, isTerminal, type RunState } from "@/lib/run/state";
import type { ServerAccess } from "./find-server";

/** How soon after an event the state is shown. */
const SHOW_MS = 100;

/** Who watches a run. */
export interface RunWatcher {
  /** Each event once, in order, and the state with it folded in. */
  onEvent?(event: RunEvent, run: RunState): void;
  /** At most every 100 ms. */
  onState?(run: RunState): void;
  onStatus?(status: ConnectionStatus): void;
}

/** Follows a run from its first event to its last over the same connection as the pages; resolves to its last state. Outlives a server's restart. */
export function followRun(runId: string, { url, headers }: ServerAccess, watcher: RunWatcher): Promise<RunState> {
  const socket = openSocket(url, headers);
  const store = createRunStore({ initial: emptyRun(runId), schedule: (flush) => setTimeout(flush, SHOW_MS) });
  return new Promise((resolve) => {
    const watched: RunStore = {
      ...store,
      apply(events) {
        // One by one where somebody watches them: an event is shown with the state that it made.
        const steps = watcher.onEvent === undefined ? [events] : events.map((event) => [event]);
        for (const step of steps) {
          const before = store.lastSeq();
          const { gap } = store.apply(step);
          if (gap) return { gap };
          if (store.lastSeq() > before) for (const event of step) watcher.onEvent?.(event, store.folded());
        }
        if (isTerminal(store.folded().status)) finish();
        return { gap: false };
      },
    };
    const stopWatching = store.subscribe((run) => watcher.onState?.(run));
    const disconnect = connectRun({ runId, store: watched, socket, onStatus: (status) => watcher.onStatus?.(status) });

    function finish(): void {
      stopWatching();
      disconnect();
      socket.disconnect();
      watcher.onState?.(store.folded());
      resolve(store.folded());
    }
  });
}
