import type { LandingKind } from "./bounds";
import { type ChecksState, noChecks } from "./check-state";
import type { Composition } from "./composition";
import type { fileStatuses, RunEventBody, toolKinds, VariationSpec } from "./events";
import type { Failure } from "./failures";
import type { Fit } from "./fit-state";
import type { JudgeReview } from "./judge-state";
import type { LandingOutcome } from "./landing-events";
import type { Continued, EndedBefore, RunMessage } from "./message-state";
import type { PromptImage } from "./prompt-image-schema";
import type { SetupState } from "./setup";

export const runStatuses = ["starting", "running", "completed", "failed", "cancelled"] as const;
export type RunStatus = (typeof runStatuses)[number];
export const variationStatuses = ["queued", "preparing", "running", "completed", "failed", "cancelled"] as const;
export type VariationStatus = (typeof variationStatuses)[number];

export type ToolKind = (typeof toolKinds)[number];

/** One thing in a pane's transcript, oldest first. `seq` is the event that began it: a stable key. */
export type TranscriptItem =
  | { kind: "text"; seq: number; block: string; text: string; retracted: boolean }
  | { kind: "thinking"; seq: number; block: string; text: string; retracted: boolean }
  | ToolItem
  /** `retries`: the model was asked so many times in a row, and nothing came in between. */
  | { kind: "notice"; seq: number; tone: "info" | "warning"; text: string; retries?: number }
  | { kind: "log"; seq: number; stream: "stdout" | "stderr"; text: string }
  /** A new attempt begins below this mark. */
  | { kind: "attempt"; seq: number; attempt: number }
  /** A turn that answers messages begins below this mark; `ended`: how the one above it did. */
  | { kind: "message"; seq: number; attempt: number; messages: readonly RunMessage[]; ended?: EndedBefore };

export interface ToolItem {
  kind: "tool";
  seq: number;
  /** ms since the epoch. */
  startedAt: number;
  callId: string;
  tool: string;
  toolKind: ToolKind;
  title: string;
  output: string;
  /** What `output` is: a unified diff is shown as such. */
  outputStream?: "stdout" | "stderr" | "result" | "diff";
  truncatedBytes: number;
  finished?: { ok: boolean; durationMs: number; exitCode?: number | null; summary?: string };
}

export interface FileChange {
  path: string;
  status: (typeof fileStatuses)[number];
  added: number;
  deleted: number;
}

export interface Usage {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  /** Of all calls whose price is known. */
  dollars: number;
  /** Some calls have no known price: it costs more than `dollars`. */
  unpriced?: true;
}

export type PlanItems = Extract<RunEventBody, { type: "plan.updated" }>["items"];
export type Snapshot = Omit<Extract<RunEventBody, { type: "snapshot.taken" }>, "type">;

/** One of the snapshots of a variation; the last one of a turn has a reason other than `tool`. */
export interface SnapshotMark {
  seq: number;
  /** ms since the epoch. */
  at: number;
  attempt: number;
  commit: string;
  tree: string;
  reason: Snapshot["reason"];
}

export interface VariationState {
  index: number;
  spec: VariationSpec;
  status: VariationStatus;
  attempt: number;
  queuePosition?: number;
  stopRequested: boolean;
  /** ms since the epoch of this attempt's `variation.started`. */
  startedAt?: number;
  endedAt?: number;
  executor?: string;
  sandbox?: string;
  failure?: Failure;
  summary?: string;
  items: readonly TranscriptItem[];
  plan: PlanItems;
  usage: Usage;
  /** Answers of the model, over all attempts. */
  turns: number;
  /** By path, as the agent's own tools report it; the snapshot is the truth once there. */
  files: Readonly<Record<string, FileChange>>;
  snapshot?: Snapshot;
  /** All of them, over all attempts, oldest first: every tree that can be looked at. */
  snapshots: readonly SnapshotMark[];
  /** Of an attempt that answers messages in its own tree. */
  continues?: Continued;
  retries: number;
}

/** A variation by its index, or a composition by its number: exactly one of both is there. */
export interface TreeSource {
  winner?: number;
  composition?: number;
}

export interface Selection extends TreeSource {
  reason?: string;
  branch: string;
  commit: string;
  by: string;
  at: number;
}

/** One time that a variation's tree was brought somewhere. */
export type Landing = {
  id: string;
  kind: LandingKind;
  /** The variation whose tree it is; absent where it is a composition's. */
  source?: number;
  /** The number of the composition whose tree it is. */
  composition?: number;
  requestHash: string;
  by: string;
  startedAt: number;
} & (
  | { status: "running" }
  | { status: "finished"; endedAt: number; outcome: LandingOutcome }
  | { status: "failed"; endedAt: number; failure: Failure }
);

/** What the last restart of the server did to a run. */
export interface Restart {
  /** The event it was first seen by. */
  seq: number;
  at: number;
  /** Variations that went on and were attached again. */
  reattached: readonly number[];
  /** Variations whose process was gone. */
  lost: readonly number[];
}

export interface RunState {
  runId: string;
  /** Highest `seq` folded in; 0 for a run of which nothing is known yet. */
  lastSeq: number;
  status: RunStatus;
  prompt: string;
  projectId: string;
  repositoryUrl: string;
  repositoryName: string;
  baseRef?: string;
  /** Pictures of the prompt; their bytes are kept beside the log. */
  images?: readonly PromptImage[];
  base?: { commit: string; branch?: string; submodules: number; lfsPointers: number };
  createdAt: number;
  startedAt?: number;
  endedAt?: number;
  /** ms between an end and a retry or a follow-up, all of them together: the run did nothing then. */
  idleMs: number;
  stopRequested: boolean;
  /** US dollars that all variations together may spend. */
  maxDollars?: number;
  /** No variation calls a model before `until` (ms since the epoch). */
  paused?: { until: number; reason: string };
  failure?: Failure;
  variations: readonly VariationState[];
  selection?: Selection;
  checks: ChecksState;
  /** What models said of the variations, oldest first. */
  reviews: readonly JudgeReview[];
  /** Oldest first. */
  landings: readonly Landing[];
  /** Oldest first. */
  messages: readonly RunMessage[];
  /** Ids of comments that are settled. */
  resolved: readonly string[];
  /** In order of their numbers, deleted ones too. */
  compositions: readonly Composition[];
  /** Agents that were asked to fit compositions together, oldest first. */
  fits: readonly Fit[];
  restart?: Restart;
  /** How the dependencies came; absent while nothing was to be set up. */
  setup?: SetupState;
  /** Warnings that belong to the run as a whole. */
  notices: readonly { seq: number; text: string }[];
}

export const noUsage: Usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, dollars: 0 };

/** One that waits for its first attempt. */
export function freshVariation(index: number, spec: VariationSpec): VariationState {
  return {
    index,
    spec,
    status: "queued",
    attempt: 0,
    stopRequested: false,
    items: [],
    plan: [],
    usage: noUsage,
    turns: 0,
    files: {},
    snapshots: [],
    retries: 0,
  };
}

/** The state before any event of `runId`. */
export function emptyRun(runId: string): RunState {
  return {
    runId,
    lastSeq: 0,
    status: "starting",
    prompt: "",
    projectId: "",
    repositoryUrl: "",
    repositoryName: "",
    createdAt: 0,
    stopRequested: false,
    variations: [],
    checks: noChecks,
    reviews: [],
    landings: [],
    messages: [],
    resolved: [],
    compositions: [],
    idleMs: 0,
    fits: [],
    notices: [],
  };
}

/** True once a variation's current attempt can no longer change its state by itself. */
export function isTerminal(status: VariationStatus | RunStatus): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}
