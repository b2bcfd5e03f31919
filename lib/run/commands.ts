import type { LandingKind } from "./bounds";
import type { Comment } from "./comment-schema";
import type { CompositionSnapshot } from "./composition";
import type { FileDecision } from "./composition-events";
import type { RunEventBody } from "./events";
import type { Failure } from "./failures";
import type { LandingOutcome } from "./landing-events";
import type { TreeSource } from "./state";

/** What someone wants of a run: imperative names. `decideRun` answers each with events or a rejection. */
export type RunCommand =
  | { type: "run.pin_base"; commit: string; branch?: string; submodules: number; lfsPointers: number }
  | { type: "run.fail"; failure: Failure }
  | { type: "run.stop" }
  /** The provider refuses for now; `until` in ms since the epoch. */
  | { type: "run.pause"; until: number; reason: string }
  | { type: "run.resume" }
  | { type: "run.settle" }
  /** Its place in the queue is another one; `position` counts from 1. */
  | { type: "variation.move"; variation: number; position: number }
  | { type: "variation.prepare"; variation: number }
  | { type: "variation.start"; variation: number; attempt: number; executor: string; sandbox: string }
  | { type: "variation.finish"; variation: number; attempt: number; outcome: VariationOutcome }
  | { type: "variation.stop"; variation: number }
  /** Another attempt: on a fresh tree, or where it was a follow-up, from where that began. */
  | { type: "variation.retry"; variation: number }
  /** Another attempt of every variation that failed or was stopped. */
  | { type: "run.retry" }
  | ({ type: "run.select"; reason?: string; branch: string; commit: string; by: string } & TreeSource)
  /** Bring the tree of a variation or a composition somewhere; `id` names this landing. */
  | { type: "run.land"; id: string; kind: LandingKind; source?: number; composition?: number; requestHash: string; by: string }
  | { type: "run.land_finish"; id: string; outcome: LandingOutcome }
  | { type: "run.land_fail"; id: string; failure: Failure }
  /** Something to say to variations; `id` names it, and the same id again changes nothing. */
  | { type: "message.send"; id: string; text: string; to: number[]; by: string; comments: Comment[]; requestHash?: string }
  /** Takes it back from whom it was not delivered to yet: from all of them, or from one. */
  | { type: "message.withdraw"; id: string; variation?: number; by: string }
  | { type: "comment.resolve" | "comment.reopen"; id: string; by: string }
  | {
      type: "composition.create";
      id: string;
      name?: string;
      from: number | null;
      sources: (string | null)[];
      snapshot: NewSnapshot;
      by: string;
    }
  /** `version` is the one that the change was made on. */
  | ({ type: "composition.change"; number: number; version: number; snapshot: NewSnapshot; by: string } & CompositionChange)
  | { type: "composition.rename"; number: number; name?: string; by: string }
  | { type: "composition.delete"; number: number; by: string }
  /** Have an agent fit a composition together: on its tree, with `task` to do. */
  | ({ type: "fit.request" } & Omit<Extract<RunEventBody, { type: "fit.requested" }>, "type" | "fit">)
  /** `version` is the one that the change was made on. */
  | { type: "fit.take"; fit: number; number: number; version: number; files: Files; snapshot: NewSnapshot; paths: string[]; by: string }
  | { type: "fit.discard"; fit: number; number: number; by: string };

type Files = Record<string, FileDecision | null>;
type NewSnapshot = Omit<CompositionSnapshot, "at">;

/** What becomes another; what is not named stays. */
export interface CompositionChange {
  from?: number | null;
  sources?: (string | null)[];
  files?: Files;
}

export type VariationOutcome = { kind: "completed"; summary?: string } | { kind: "failed"; failure: Failure } | { kind: "cancelled" };

/** Why a command was not carried out. */
export interface Rejection {
  code: "not_found" | "conflict";
  message: string;
}
