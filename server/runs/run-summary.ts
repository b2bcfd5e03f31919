import type { RunResponse, RunSummary } from "@/lib/protocol/http";
import { modelKind } from "@/lib/run/model-kind";
import { changeTotals, jobName, totalUsage } from "@/lib/run/select";
import type { RunState, VariationState } from "@/lib/run/state";
import { describeLanding } from "../landing/describe-landing";

const iso = (at: number): string => new Date(at).toISOString();

/** To a billionth of a dollar: what is behind that comes from adding binary fractions. */
const withoutNoise = (dollars: number): number => Math.round(dollars * 1e9) / 1e9;

/** The list row of a run: what the home page shows, kept beside the log as a projection. */
export function summarize(state: RunState): RunSummary {
  return {
    run_id: state.runId,
    status: state.status,
    prompt: state.prompt,
    project_id: state.projectId,
    repository_url: state.repositoryUrl,
    repository_name: state.repositoryName,
    base_ref: state.baseRef ?? state.base?.branch ?? null,
    base_commit: state.base?.commit ?? null,
    created_at: iso(state.createdAt),
    ended_at: state.endedAt === undefined ? null : iso(state.endedAt),
    dollars: withoutNoise(totalUsage(state).dollars),
    demo: state.variations.every(({ spec }) => spec.model === "demo"),
    winning_variation_id: state.selection?.winner ?? null,
    winning_composition: state.selection?.composition ?? null,
    paused: state.paused === undefined ? null : { until: iso(state.paused.until), reason: state.paused.reason },
    variations: state.variations.map((variation) => ({
      variation_id: variation.index,
      agent: variation.spec.agent,
      model: variation.spec.model,
      model_kind: modelKind(variation.spec.model),
      state: variation.status,
      failure_code: variation.failure?.code ?? null,
      ...changeTotals(variation),
    })),
  };
}

/** What a search in the list looks through. */
export function searchableText({ prompt, repositoryName }: RunState): string {
  return `${repositoryName}\n${prompt}`;
}

/** `GET /runs/{id}`. */
export function describeRun(state: RunState): RunResponse {
  const { selection } = state;
  const summary = summarize(state);
  return {
    ...summary,
    failure: state.failure ?? null,
    variations: summary.variations.map((variation, at) => ({ ...variation, failure: state.variations[at]?.failure ?? null })),
    last_seq: state.lastSeq,
    max_dollars: state.maxDollars ?? null,
    selection:
      selection === undefined
        ? null
        : {
            winning_variation_id: selection.winner ?? null,
            composition: selection.composition ?? null,
            reason: selection.reason ?? null,
            branch: selection.branch,
            commit: selection.commit,
            by: selection.by,
            at: iso(selection.at),
          },
    images: (state.images ?? []).map(({ mediaType, bytes }, at) => ({
      media_type: mediaType,
      bytes,
      url: `/api/v1/runs/${state.runId}/images/${at}`,
    })),
    landings: state.landings.map(describeLanding),
    jobs: state.variations.map((variation) => describeJob(state.runId, variation)),
  };
}

/** A variation as a Kubernetes Job would count it; the same with every executor. */
function describeJob(runId: string, { index, attempt, status }: VariationState): RunResponse["jobs"][number] {
  const count = (...states: VariationState["status"][]): number => (states.includes(status) ? 1 : 0);
  return {
    job_name: jobName(runId, index, attempt),
    variation_id: index,
    state: status,
    status: { active: count("preparing", "running"), succeeded: count("completed"), failed: count("failed", "cancelled") },
  };
}
