import type { Rejection, RunCommand } from "./commands";
import type { RunEventBody } from "./events";
import { sourceName } from "./select";
import type { RunState } from "./state";

type LandingCommand = Extract<RunCommand, { type: "run.land" | "run.land_finish" | "run.land_fail" }>;

/** One landing of a run at a time; exactly one end for each. */
export function decideLanding(state: RunState, command: LandingCommand): { bodies: RunEventBody[] } | { rejected: Rejection } {
  const { id } = command;
  const known = state.landings.find((landing) => landing.id === id);
  switch (command.type) {
    case "run.land": {
      if (known !== undefined) return { bodies: [] };
      const running = state.landings.find(({ status }) => status === "running");
      if (running !== undefined) {
        const message = `${sourceName({ winner: running.source, composition: running.composition })} of this run is being landed just now. Wait until that has ended.`;
        return { rejected: { code: "conflict", message } };
      }
      const { kind, source, composition, requestHash, by } = command;
      return { bodies: [{ type: "landing.started", id, kind, source, composition, requestHash, by }] };
    }
    case "run.land_finish":
      return { bodies: known?.status === "running" ? [{ type: "landing.finished", id, ...command.outcome }] : [] };
    case "run.land_fail":
      return { bodies: known?.status === "running" ? [{ type: "landing.failed", id, failure: command.failure }] : [] };
  }
}
