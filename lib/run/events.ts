import { z } from "zod";
import { MAX_VARIATIONS } from "./bounds";
import { checkEventSchemas } from "./check-events";
import { compositionEventSchemas } from "./composition-events";
import { failureSchema } from "./failures";
import { fitEventSchemas } from "./fit-events";
import { judgeEventSchemas } from "./judge-events";
import { landingEventSchemas } from "./landing-events";
import { continuationSchema, messageEventSchemas } from "./message-events";
import { promptImageSchema } from "./prompt-image-schema";
import { setupEventSchemas } from "./setup-events";

export const limitsSchema = z.strictObject({
  /** Model turns. */
  turns: z.int().min(1).max(500).optional(),
  /** Wall-clock minutes of one attempt. */
  minutes: z
    .number()
    .positive()
    .max(24 * 60)
    .optional(),
  /** US dollars of one variation. */
  dollars: z.number().positive().max(10_000).optional(),
});
export type Limits = z.infer<typeof limitsSchema>;

/** What one variation runs with; resolved from the request's defaults when the run is created. */
export const variationSpecSchema = z.object({
  agent: z.string(),
  /** Model id, `demo`, or `script:<name>`. */
  model: z.string(),
  /** Models that answer when it cannot, in order. */
  fallbackModels: z.array(z.string()).optional(),
  temperature: z.number().optional(),
  instructions: z.string().optional(),
  limits: limitsSchema.optional(),
});
export type VariationSpec = z.infer<typeof variationSpecSchema>;

export const toolKinds = ["read", "search", "edit", "command", "other"] as const;
export const fileStatuses = ["added", "modified", "deleted", "renamed"] as const;

const empty = {};
const of = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) => z.object({ type: z.literal(type), ...shape });

/** The facts that the sandbox can state. A subset of the event union: `lib/protocol/agent-lines.ts` parses them. */
export const agentEventSchemas = [
  /** `block` names the content block, so that a retried turn can take its partial text back. */
  of("text.delta", { block: z.string(), text: z.string() }),
  of("thinking.delta", { block: z.string(), text: z.string() }),
  of("plan.updated", {
    items: z.array(z.object({ text: z.string(), status: z.enum(["pending", "in_progress", "completed"]) })),
  }),
  of("tool.started", {
    callId: z.string(),
    tool: z.string(),
    kind: z.enum(toolKinds),
    /** Display-ready: `src/retry.ts`, `npm test`. */
    title: z.string(),
  }),
  of("tool.output", { callId: z.string(), stream: z.enum(["stdout", "stderr", "result", "diff"]), text: z.string() }),
  of("tool.finished", {
    callId: z.string(),
    ok: z.boolean(),
    durationMs: z.number(),
    exitCode: z.int().nullable().optional(),
    /** A few words for the closed row: `23 hits`, `1–118`, `+31 −9`. */
    summary: z.string().optional(),
  }),
  of("file.changed", {
    path: z.string(),
    status: z.enum(fileStatuses),
    oldPath: z.string().optional(),
    added: z.int().nonnegative(),
    deleted: z.int().nonnegative(),
    oldBlob: z.string().optional(),
    newBlob: z.string().optional(),
    tree: z.string().optional(),
  }),
  of("model.retried", {
    /** HTTP status, or 0 for a cut or refused connection. */
    status: z.int(),
    message: z.string(),
    delayMs: z.number(),
    /** Blocks of the broken answer; they are taken back because the answer starts again. */
    retracted: z.array(z.string()),
  }),
  of("output.truncated", { callId: z.string().optional(), droppedBytes: z.number(), limitBytes: z.number() }),
  of("warning.raised", { message: z.string() }),
  /** The agent's conversation filled the model's window and was replaced by a summary; `tokens`: how long it was. */
  of("context.compacted", { tokens: z.int().nonnegative() }),
  of("log.line", { stream: z.enum(["stdout", "stderr"]), text: z.string() }),
] as const;

const serverEventSchemas = [
  of("run.created", {
    prompt: z.string(),
    projectId: z.string(),
    /** The address as the user gave it, without credentials. */
    repositoryUrl: z.string(),
    /** Short name for people: `acme/shop`. */
    repositoryName: z.string(),
    /** Branch, tag or commit asked for; absent means the default branch. */
    baseRef: z.string().optional(),
    /** US dollars that all variations together may spend. */
    maxDollars: z.number().positive().optional(),
    variations: z.array(variationSpecSchema).min(1).max(MAX_VARIATIONS),
    /** Pictures of the prompt, in its order. */
    images: z.array(promptImageSchema).optional(),
  }),
  of("run.base_pinned", { commit: z.string(), branch: z.string().optional(), submodules: z.int(), lfsPointers: z.int() }),
  of("run.started", empty),
  of("run.stop_requested", empty),
  /** The provider refuses for now: no variation of the run calls a model before `until` (ms since the epoch). */
  of("run.paused", { until: z.number(), reason: z.string() }),
  of("run.resumed", empty),
  of("run.completed", empty),
  of("run.failed", { failure: failureSchema }),
  of("run.cancelled", empty),
  /** `position` counts from 1 and is only there while others are ahead. */
  of("variation.queued", { position: z.int().optional() }),
  /** `continues`: in its own tree, with messages to answer; absent: on a fresh tree, with the prompt. */
  of("variation.requeued", { continues: continuationSchema.optional() }),
  of("variation.preparing", empty),
  of("variation.started", {
    executor: z.string(),
    /** What is in force, in words: `bubblewrap, own network namespace, uid 61000`. */
    sandbox: z.string(),
  }),
  of("variation.reattached", {}),
  of("variation.stop_requested", empty),
  of("variation.completed", { summary: z.string().optional() }),
  of("variation.failed", { failure: failureSchema }),
  of("variation.cancelled", empty),
  of("usage.recorded", {
    /** The one that answered. */
    model: z.string(),
    /** The one that was asked for, where another one answered in its place. */
    requested: z.string().optional(),
    /** Id of the call in the audit. */
    call: z.string().optional(),
    inputTokens: z.int(),
    outputTokens: z.int(),
    cacheReadTokens: z.int(),
    cacheWriteTokens: z.int(),
    /** Of `cacheWriteTokens`, those kept for an hour. */
    cacheWrite1hTokens: z.int().optional(),
    /** Null: no price is known for this model. */
    dollars: z.number().nullable(),
  }),
  of("snapshot.taken", {
    /** Commit under `refs/aideator/…` of the run's own repository, and its tree. */
    commit: z.string(),
    tree: z.string(),
    reason: z.enum(["tool", "final"]),
    files: z.int(),
    added: z.int(),
    deleted: z.int(),
  }),
  /** Of `winner`, a variation's index, and `composition`, a composition's number, exactly one is there. */
  of("selection.made", {
    winner: z.int().min(0).optional(),
    composition: z.int().min(1).optional(),
    reason: z.string().optional(),
    branch: z.string(),
    commit: z.string(),
    by: z.string(),
  }),
] as const;

/** What happened, past tense or `*.delta`. One grep for a type shows a fact's whole life. */
export const runEventBodySchema = z.discriminatedUnion("type", [
  ...agentEventSchemas,
  ...serverEventSchemas,
  ...checkEventSchemas,
  ...judgeEventSchemas,
  ...setupEventSchemas,
  ...landingEventSchemas,
  ...messageEventSchemas,
  ...compositionEventSchemas,
  ...fitEventSchemas,
]);
export const agentEventSchema = z.discriminatedUnion("type", agentEventSchemas);

/** Routing outside, payload inside. `seq` is dense and strictly increasing per run, from 1; `at` is ms since the epoch. */
export const runEventSchema = z.object({
  runId: z.string(),
  seq: z.int().positive(),
  at: z.number(),
  variation: z.int().min(0).optional(),
  attempt: z.int().min(0).optional(),
  event: runEventBodySchema,
});

export type AgentEvent = z.infer<typeof agentEventSchema>;
export type RunEventBody = z.infer<typeof runEventBodySchema>;
export type RunEventType = RunEventBody["type"];
export type RunEvent = z.infer<typeof runEventSchema>;
/** An event before the log has given it a place. */
export type NewRunEvent = Omit<RunEvent, "runId" | "seq">;
