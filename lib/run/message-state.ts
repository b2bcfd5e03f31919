import type { Comment } from "./comment-schema";
import type { FileChange, RunState, Snapshot, VariationState, VariationStatus } from "./state";
import { turnsOf } from "./trees";

/** Something that a person said to variations after the prompt. */
export interface RunMessage {
  id: string;
  /** The event that it came with. */
  seq: number;
  /** ms since the epoch. */
  at: number;
  text: string;
  by: string;
  to: readonly number[];
  comments: readonly Comment[];
  /** The attempt that was given it, by recipient; who is missing has not been given it. */
  delivered: Readonly<Record<number, number>>;
  /** Recipients that it was taken back from. */
  withdrawn: readonly number[];
  requestHash?: string;
}

/** How the attempt before ended, which a follow-up's mark in the transcript keeps. */
export interface EndedBefore {
  status: VariationStatus;
  /** Its summary, or why it failed. */
  text?: string;
}

/** Where an attempt that continues its own tree began: a retry of it begins there again. */
export interface Continued {
  messages: readonly string[];
  snapshot?: Snapshot;
  files: Readonly<Record<string, FileChange>>;
}

/** Messages that a variation is still to be given, oldest first. */
export function waitingMessages(run: Pick<RunState, "messages">, variation: number): RunMessage[] {
  return run.messages.filter((message) => isWaiting(message, variation));
}

/** True while a recipient has neither been given a message nor lost it. */
export function isWaiting(message: RunMessage, variation: number): boolean {
  return message.to.includes(variation) && message.delivered[variation] === undefined && !message.withdrawn.includes(variation);
}

/** The number of the ended turn that an attempt made, from 1, for `a@turn-1`; undefined while it has not ended or kept no tree. */
export function turnOfAttempt(variation: VariationState, attempt: number): number | undefined {
  const at = turnsOf(variation).findIndex((mark) => mark.attempt === attempt);
  return at < 0 ? undefined : at + 1;
}
