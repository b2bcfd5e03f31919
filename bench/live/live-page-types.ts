import type { RunEvent } from "@/lib/run/events";

/** What a script may do with a page of panes; its bundle sets `window.live`. */
export interface LivePage {
  feed(events: RunEvent[]): void;
  lastSeq(): number;
  /** Renderings per component since the last call; empty unless the bundle counts. */
  takeCounts(): Record<string, number>;
}

declare global {
  interface Window {
    /** Set before the bundle runs. */
    recorded?: RunEvent[];
    live?: LivePage;
  }
}
