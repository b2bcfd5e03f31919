import type { LandingResponse, LandPreviewResponse } from "@/lib/protocol/landing";
import type { Landing } from "@/lib/run/state";
import type { LandingPlan } from "./planned-target";

const iso = (at: number): string => new Date(at).toISOString();

/** A landing on the wire. */
export function describeLanding(landing: Landing): LandingResponse {
  const outcome = landing.status === "finished" ? landing.outcome : undefined;
  return {
    id: landing.id,
    kind: landing.kind,
    variation_id: landing.source ?? null,
    composition: landing.composition ?? null,
    status: landing.status,
    by: landing.by,
    started_at: iso(landing.startedAt),
    ended_at: landing.status === "running" ? null : iso(landing.endedAt),
    commit: outcome?.commit ?? null,
    branch: outcome?.branch ?? null,
    place: outcome?.place ?? null,
    url: outcome?.url ?? null,
    next: outcome?.next ?? null,
    notes: outcome?.notes ?? [],
    failure: landing.status === "failed" ? landing.failure : null,
  };
}

/** A plan on the wire. */
export function describePreview(plan: LandingPlan, ways: LandPreviewResponse["ways"]): LandPreviewResponse {
  const { order, what, base, parent, checkout, moved } = plan;
  return {
    kind: order.kind,
    variation_id: what.winner ?? null,
    composition: what.composition ?? null,
    ways,
    author: plan.identity ?? null,
    message: plan.message,
    branch: plan.branch ?? null,
    place: plan.place,
    files: plan.files,
    checkout:
      checkout === undefined
        ? null
        : {
            path: checkout.path,
            head: checkout.head,
            branch: checkout.branch ?? null,
            in_progress: checkout.inProgress ?? null,
            dirty: checkout.dirty,
          },
    moved: moved ?? null,
    rebases: parent !== base,
    conflicts: plan.conflicts,
    blockers: plan.blockers,
    warnings: plan.warnings,
  };
}
