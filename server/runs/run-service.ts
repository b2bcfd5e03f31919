import { createHash, randomInt } from "node:crypto";
import { isFree } from "@/lib/pricing/prices";
import { DEFAULT_VARIATIONS } from "@/lib/protocol/bounds";
import type { AgentConfig, CreateRunRequest, RunResponse, RunSummary } from "@/lib/protocol/http";
import { compositionOf } from "@/lib/run/composition";
import type { NewRunEvent, VariationSpec } from "@/lib/run/events";
import { allWork } from "@/lib/run/fit-state";
import type { PromptImage } from "@/lib/run/prompt-image-schema";
import { imageTypeOf, type PromptImageType } from "@/lib/run/prompt-images";
import { variationLetter } from "@/lib/run/select";
import type { RunState, TreeSource } from "@/lib/run/state";
import { runCommits } from "@/lib/run/trees";
import { AppError, isAppError, STORAGE_FULL } from "../app-error";
import type { ProjectRecord, RunFilter } from "../storage/run-index";
import { branchName } from "./branch-name";
import type { RunConductor } from "./conduct-run";
import type { RunContext } from "./run-context";
import { describeRun } from "./run-summary";

/** Below this no run begins. */
const LEAST_FREE_BYTES = 16 * 1024 * 1024;

/** Which agents and models this server can run, and what stands in when a request leaves it open. */
export interface LineUpRules {
  /** Asked for each run: people may set a provider's key meanwhile. */
  defaultModel(): string;
  /** Undefined when fine, else what is wrong and what to do. */
  refuseModel(model: string): string | undefined | Promise<string | undefined>;
  /** Models that answer when the one asked for cannot, unless the request names others. */
  fallbackModels?: readonly string[];
}

/** The use cases of runs: what routes and the command line call. */
export interface RunService {
  /** Answers at once; everything else happens in the background. `idempotencyKey`: the same key and body again is the same run. */
  create(request: CreateRunRequest, idempotencyKey?: string): Promise<RunState>;
  list(page: { limit: number; cursor?: string } & RunFilter): Promise<{ runs: RunSummary[]; nextCursor?: string; total: number }>;
  get(runId: string): Promise<RunState>;
  /** Without reading its log. */
  exists(runId: string): Promise<boolean>;
  describe(runId: string): Promise<RunResponse>;
  /** One picture of the prompt, from 0. */
  image(runId: string, index: number): Promise<{ mediaType: PromptImageType; bytes: Buffer }>;
  /** The whole run, or one variation. */
  cancel(runId: string, variation?: number): Promise<RunState>;
  /** Starts failed or stopped variations anew: one, or all of them. */
  retry(runId: string, variation?: number): Promise<RunState>;
  /** Stops every run that has not ended; resolves once all have, to how many there were. */
  stopAll(): Promise<number>;
  /** Records the winner and makes its branch in the run's repository; can be repeated. */
  select(runId: string, what: TreeSource, reason: string | undefined, by: string): Promise<RunState>;
}

/** See `RunService`. */
export function createRunService(context: RunContext, conductor: RunConductor, rules: LineUpRules): RunService {
  const { writer, index, git } = context;

  async function get(runId: string): Promise<RunState> {
    const state = await writer.state(runId);
    if (state === undefined) throw new AppError("not_found", `There is no run ${runId}.`);
    return state;
  }

  async function findRepeated(key: string, bodyHash: string): Promise<RunState | undefined> {
    const known = await index.findIdempotent(key);
    if (known === undefined) return undefined;
    if (known.bodyHash === bodyHash) return get(known.runId);
    throw new AppError("conflict", "This Idempotency-Key was used with another body. Use a new key for a new run.", [
      { field: "Idempotency-Key", message: "Already used with another body." },
    ]);
  }

  async function create(request: CreateRunRequest, idempotencyKey?: string): Promise<RunState> {
    const bodyHash = createHash("sha256").update(JSON.stringify(request)).digest("hex");
    const repeated = idempotencyKey === undefined ? undefined : await findRepeated(idempotencyKey, bodyHash);
    if (repeated !== undefined) return repeated;
    const variations = await lineUp(request, rules);
    await needRoom(context);
    const project = await projectOf(context, request);
    const runId = newRunId();
    const at = context.now();
    const pictures = (request.images ?? []).map(({ data }) => Buffer.from(data, "base64"));
    const created: NewRunEvent = {
      at,
      event: {
        type: "run.created",
        prompt: request.prompt,
        projectId: project.id,
        repositoryUrl: project.url,
        repositoryName: project.name,
        baseRef: request.base,
        maxDollars: request.max_dollars,
        variations,
        ...(pictures.length === 0 ? {} : { images: pictures.map(describeImage) }),
      },
    };
    const queued = variations.map((_, variation): NewRunEvent => ({ at, variation, attempt: 0, event: { type: "variation.queued" } }));
    const idempotency = idempotencyKey === undefined ? undefined : { key: idempotencyKey, bodyHash };
    try {
      await context.images.save(runId, pictures);
      const state = await writer.create({ runId, projectId: project.id, createdAt: at, events: [created, ...queued], idempotency });
      conductor.conduct(runId);
      return state;
    } catch (error) {
      await context.images.remove(runId);
      // Two requests with one key raced: the second finds what the first has made.
      const raced = idempotencyKey === undefined ? undefined : await findRepeated(idempotencyKey, bodyHash);
      if (raced !== undefined) return raced;
      throw error;
    }
  }

  async function cancel(runId: string, variation?: number): Promise<RunState> {
    const command = variation === undefined ? ({ type: "run.stop" } as const) : ({ type: "variation.stop", variation } as const);
    const result = await writer.command(runId, command);
    if (!result.ok) throw new AppError(result.rejected.code, result.rejected.message);
    const asked = allWork(result.state).filter((one) => one.stopRequested && (variation === undefined || one.index === variation));
    await Promise.all(asked.map((one) => conductor.stop(runId, one.index)));
    const settled = await writer.command(runId, { type: "run.settle" });
    return settled.ok ? settled.state : result.state;
  }

  return {
    create,
    get,
    async exists(runId) {
      return (await index.getRun(runId)) !== undefined;
    },
    async list(page) {
      const { rows, nextCursor, total } = await index.listRuns(page);
      return { runs: rows.map(({ summary }) => JSON.parse(summary) as RunSummary), nextCursor, total };
    },
    async describe(runId) {
      return describeRun(await get(runId));
    },
    async image(runId, at) {
      const known = (await get(runId)).images?.[at];
      const bytes = known === undefined ? undefined : await context.images.read(runId, at);
      if (known === undefined || bytes === undefined) throw new AppError("not_found", `This run's prompt has no picture ${at}.`);
      return { mediaType: known.mediaType, bytes };
    },
    cancel,
    async retry(runId, variation) {
      await needRoom(context);
      const result = await writer.command(runId, variation === undefined ? { type: "run.retry" } : { type: "variation.retry", variation });
      if (!result.ok) throw new AppError(result.rejected.code, result.rejected.message);
      conductor.conduct(runId);
      return result.state;
    },
    async stopAll() {
      const runs = await index.unfinishedRuns();
      await Promise.all(
        runs.map((runId) =>
          cancel(runId).catch((error: unknown) => {
            // It ended just now: that is what was wanted.
            if (!isAppError(error)) throw error;
          }),
        ),
      );
      await conductor.settled();
      return runs.length;
    },
    async select(runId, what, reason, by) {
      const state = await get(runId);
      const commit = selectable(state, what);
      // A landing may have made a commit of its own on that branch: only what the run itself put there is replaced.
      const named = branchName(runId, what, state.prompt);
      const branch = await git.landBranch({ runId, branch: named, commit, replaces: runCommits(state) });
      const result = await writer.command(runId, { type: "run.select", ...what, reason, branch, commit, by });
      if (!result.ok) throw new AppError(result.rejected.code, result.rejected.message);
      return result.state;
    },
  };
}

/** The commit that selecting this would record: the newest of a composition or a variation, the base for one that has changed nothing. */
function selectable(state: RunState, { winner, composition: number }: TreeSource): string {
  const composition = number === undefined ? undefined : compositionOf(state.compositions, number);
  if (number !== undefined && composition?.deleted !== false) {
    const message = "Give the number of a composition of this run.";
    throw new AppError("not_found", `This run has no composition ${number}.`, [{ field: "composition", message }]);
  }
  const variation = winner === undefined ? undefined : state.variations[winner];
  if (composition === undefined && variation === undefined) {
    throw new AppError("not_found", `This run has no variation ${winner}.`, [
      { field: "winning_variation_id", message: `Give a number from 0 to ${state.variations.length - 1}.` },
    ]);
  }
  const commit = (composition ?? variation)?.snapshot?.commit ?? state.base?.commit;
  if (commit !== undefined) return commit;
  const message = `Variation ${variationLetter(winner ?? 0)} has no tree yet: its repository is still being fetched, or could not be.`;
  throw new AppError("conflict", message);
}

/** A run that begins without room for its trees fails anyway, later and less clearly. */
export async function needRoom({ freeBytes }: RunContext): Promise<void> {
  if ((await freeBytes()) < LEAST_FREE_BYTES) throw new AppError("storage_full", STORAGE_FULL);
}

/** The request's schema has looked at the first bytes already. */
function describeImage(bytes: Buffer): PromptImage {
  const mediaType = imageTypeOf(bytes);
  if (mediaType !== undefined) return { mediaType, bytes: bytes.length };
  throw new AppError("bad_request", "This is no picture.", [{ field: "images", message: "Send PNG, JPEG, GIF or WebP." }]);
}

/** 16 characters of `[a-z0-9]`: short enough to read, 82 bits. */
function newRunId(): string {
  return Array.from({ length: 16 }, () => "abcdefghijklmnopqrstuvwxyz0123456789"[randomInt(36)]).join("");
}

async function projectOf(context: RunContext, request: CreateRunRequest): Promise<ProjectRecord> {
  if (request.project_id !== undefined) {
    const project = await context.index.getProject(request.project_id);
    if (project !== undefined) return project;
    throw new AppError("not_found", "There is no such project.", [
      { field: "project_id", message: "Give the id of an existing project, or a github_url." },
    ]);
  }
  const address = await context.parseAddress(request.github_url ?? "");
  return context.index.projectFor(address.url, address.name);
}

/** One spec per variation: `line_up` over `agent_config` over this server's defaults. */
async function lineUp(request: CreateRunRequest, rules: LineUpRules): Promise<VariationSpec[]> {
  const fallback = request.agent_config ?? {};
  const count = request.line_up?.length ?? request.variations ?? DEFAULT_VARIATIONS;
  const entries: AgentConfig[] = request.line_up ?? Array.from({ length: count }, () => ({}));
  return Promise.all(
    entries.map(async (entry, position) => {
      const field = (name: string): string => (request.line_up === undefined ? `agent_config.${name}` : `line_up.${position}.${name}`);
      const merged = { ...fallback, ...entry };
      const agent = merged.agent ?? "builtin";
      if (agent !== "builtin") {
        throw new AppError("bad_request", `There is no agent "${agent}" here.`, [{ field: field("agent"), message: "Use builtin." }]);
      }
      const model = merged.model ?? rules.defaultModel();
      const refusal = await rules.refuseModel(model);
      if (refusal !== undefined)
        throw new AppError("bad_request", `The model "${model}" cannot be used.`, [{ field: field("model"), message: refusal }]);
      const { temperature, instructions, limits } = merged;
      const others = await fallbackModels(merged, model, rules, field);
      return { agent, model, fallbackModels: others, temperature, instructions, limits };
    }),
  );
}

/** Only models of the provider stand in for each other: the demo model never does so silently. */
async function fallbackModels(
  { fallback_models: given }: AgentConfig,
  model: string,
  rules: LineUpRules,
  field: (name: string) => string,
): Promise<string[] | undefined> {
  for (const fallback of given ?? []) {
    const refusal = isFree(fallback) ? "The demo model and scripts never stand in for another model." : await rules.refuseModel(fallback);
    if (refusal === undefined) continue;
    throw new AppError("bad_request", `The model "${fallback}" cannot be used.`, [{ field: field("fallback_models"), message: refusal }]);
  }
  const others = (given ?? rules.fallbackModels ?? []).filter((fallback) => fallback !== model);
  return isFree(model) || others.length === 0 ? undefined : others;
}
