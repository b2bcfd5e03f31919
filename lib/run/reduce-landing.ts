import type { RunEventBody } from "./events";
import type { Landing } from "./state";

type LandingEvent = Extract<RunEventBody, { type: `landing.${string}` }>;

/** Keeps every landing of a run, oldest first. An end without its beginning changes nothing. */
export function reduceLanding(landings: readonly Landing[], event: LandingEvent, at: number): readonly Landing[] {
  switch (event.type) {
    case "landing.started": {
      const { id, kind, source, composition, requestHash, by } = event;
      return [...landings, { id, kind, source, composition, requestHash, by, startedAt: at, status: "running" }];
    }
    case "landing.finished": {
      const { type: _, id, ...outcome } = event;
      return replace(landings, id, (landing) => ({ ...landing, status: "finished", endedAt: at, outcome }));
    }
    case "landing.failed":
      return replace(landings, event.id, (landing) => ({ ...landing, status: "failed", endedAt: at, failure: event.failure }));
  }
}

function replace(landings: readonly Landing[], id: string, change: (landing: Landing) => Landing): readonly Landing[] {
  return landings.map((landing) => (landing.id === id && landing.status === "running" ? change(landing) : landing));
}
