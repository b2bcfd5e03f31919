import type { BlobResponse, DiffResponse } from "@/lib/protocol/http";
import { variationLetter } from "@/lib/run/select";
import type { RunState } from "@/lib/run/state";
import { AppError } from "../app-error";
import type { GitStore } from "../git/git-store";
import type { RunWriter } from "./run-writer";

/** Reading trees of a run: what the diff view and API users ask. A side is `base`, `a`…`e`, or a commit id of the run's repository. */
export interface DiffService {
  diff(runId: string, from: string, to: string): Promise<DiffResponse>;
  files(
    runId: string,
    at: string,
  ): Promise<{ at: string; commit: string; files: { path: string; blob: string; size: number; mode: string }[] }>;
  blob(runId: string, blob: string): Promise<BlobResponse>;
}

/** See `DiffService`. */
export function createDiffService(writer: RunWriter, git: GitStore): DiffService {
  async function resolve(runId: string, side: string, field: string): Promise<string> {
    const state = await writer.state(runId);
    if (state === undefined) throw new AppError("not_found", `There is no run ${runId}.`);
    return commitOf(state, side, field);
  }

  return {
    async diff(runId, from, to) {
      const [fromCommit, toCommit] = [await resolve(runId, from, "from"), await resolve(runId, to, "to")];
      const files = await git.diff(runId, fromCommit, toCommit);
      return {
        from,
        to,
        from_commit: fromCommit,
        to_commit: toCommit,
        files: files.map((file) => ({
          path: file.path,
          old_path: file.oldPath ?? null,
          status: file.status,
          old_blob: file.oldBlob ?? null,
          new_blob: file.newBlob ?? null,
          old_mode: file.oldMode ?? null,
          new_mode: file.newMode ?? null,
          added: file.added,
          deleted: file.deleted,
          binary: file.binary,
        })),
      };
    },
    async files(runId, at) {
      const commit = await resolve(runId, at, "at");
      return { at, commit, files: await git.listFiles(runId, commit) };
    },
    async blob(runId, blob) {
      await resolve(runId, "base", "blob");
      const content = await git.readBlob(runId, blob);
      const { size, binary, truncated, text, bytes } = content;
      return { blob, size, binary, truncated, text: text ?? null, base64: binary && bytes !== undefined ? bytes.toString("base64") : null };
    },
  };
}

/** A variation that has no snapshot yet stands at the base. */
function commitOf(state: RunState, side: string, field: string): string {
  if (/^[0-9a-f]{40}$/.test(side)) return side;
  const index = side.charCodeAt(0) - "a".charCodeAt(0);
  const variation = side === "base" ? undefined : state.variations[index];
  if (side !== "base" && variation === undefined) {
    const letters = state.variations.map((_, at) => variationLetter(at).toLowerCase()).join(", ");
    throw new AppError("not_found", `This run has no variation ${side}.`, [{ field, message: `Give base or one of ${letters}.` }]);
  }
  const commit = variation?.snapshot?.commit ?? state.base?.commit;
  if (commit === undefined) throw new AppError("conflict", "The base is still being fetched, or could not be: there is no tree yet.");
  return commit;
}
