import type { FitResponse } from "@/lib/protocol/fits";
import type { Composition } from "@/lib/run/composition";
import type { Fit } from "@/lib/run/fit-state";
import type { FitChange } from "./plan-fit";

const iso = (at: number): string => new Date(at).toISOString();

/** A fit on the wire; `changes` where it has ended and left a tree. */
export function describeFit(fit: Fit, composition: Composition, changes: readonly FitChange[] | undefined): FitResponse {
  const { work, decision } = fit;
  return {
    fit: fit.index,
    composition: fit.number,
    version: fit.version,
    commit: fit.commit,
    state: work.status,
    model: work.spec.model,
    wish: fit.wish ?? null,
    task: fit.task,
    conflicts: fit.conflicts,
    failing: fit.failing,
    by: fit.by,
    asked_at: iso(fit.at),
    ended_at: work.endedAt === undefined ? null : iso(work.endedAt),
    dollars: work.usage.dollars,
    failure: work.failure ?? null,
    summary: work.summary ?? null,
    decision:
      decision === undefined
        ? null
        : {
            kind: decision.kind,
            version: decision.kind === "taken" ? decision.version : null,
            paths: decision.kind === "taken" ? [...decision.paths] : [],
            at: iso(decision.at),
          },
    result:
      changes === undefined || changes.length === 0 || work.snapshot === undefined
        ? null
        : {
            commit: work.snapshot.commit,
            moved_on: composition.snapshot?.tree !== fit.tree,
            files: changes.map(({ file, inside, merged, refusal }) => ({
              path: file.path,
              old_path: file.oldPath ?? null,
              status: file.status,
              added: file.added,
              deleted: file.deleted,
              binary: file.binary,
              old_blob: file.oldBlob ?? null,
              new_blob: file.newBlob ?? null,
              inside,
              merged,
              refusal: refusal ?? null,
            })),
          },
  };
}
