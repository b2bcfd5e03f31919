import { isTerminal, type RunState } from "@/lib/run/state";
import { type RunRefs, runCommits, runRefs } from "@/lib/run/trees";
import { AppError } from "../app-error";
import type { GitProtocol, GitStore, GitStream } from "../git/git-store";
import type { RunWriter } from "./run-writer";

/** A run's trees for any git client, read only. Rejects with `AppError`: `not_found`, or `unavailable` while there is no base yet. */
export interface RunRemote {
  /** Says what can be fetched, in the words of git's protocol. */
  advertise(runId: string, protocol: GitProtocol): Promise<GitStream>;
  /** Answers one request, whose body the caller writes to `stdin`; `wants` is what it asks for. A want that is not of this run is refused. */
  serve(runId: string, protocol: GitProtocol, wants: readonly string[]): Promise<GitStream>;
  /** Rejects as the others do; for who only wants to know. */
  check(runId: string): Promise<void>;
}

/** See `RunRemote`. */
export function createRunRemote(writer: Pick<RunWriter, "state">, git: GitStore): RunRemote {
  /** One at a time and run: two would race for the locks of the same refs. */
  const updating = new Map<string, Promise<void>>();

  async function described(runId: string): Promise<{ state: RunState; refs: RunRefs }> {
    const state = await writer.state(runId);
    if (state === undefined) throw new AppError("not_found", `There is no run ${runId}.`);
    const refs = runRefs(state);
    if (refs !== undefined) return { state, refs };
    if (state.endedAt !== undefined) throw new AppError("not_found", "This run ended before its repository was fetched: it has no trees.");
    throw new AppError("unavailable", "The repository of this run is still being fetched. Try again in a moment.");
  }

  /** Brings the refs up to date; resolves to what may be asked for beside them, and whether they may still move. */
  async function updateRefs(runId: string): Promise<{ commits: Set<string>; moving: boolean }> {
    const { state, refs } = await described(runId);
    const before = updating.get(runId) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(() => git.setRunRefs(runId, refs));
    updating.set(runId, mine);
    await mine.finally(() => {
      if (updating.get(runId) === mine) updating.delete(runId);
    });
    return { commits: runCommits(state), moving: !isTerminal(state.status) };
  }

  return {
    async check(runId) {
      await described(runId);
    },
    async advertise(runId, protocol) {
      await updateRefs(runId);
      return git.uploadPack(runId, { advertise: true, protocol });
    },
    async serve(runId, protocol, wants) {
      const { commits, moving } = await updateRefs(runId);
      const tips = wants.length === 0 ? new Set<string>() : await git.visibleTips(runId);
      const wanted = [...new Set(wants)];
      const foreign = wanted.find((id) => !tips.has(id) && !commits.has(id));
      // Also when the repository has it: through its alternates it has all that was ever fetched from upstream.
      if (foreign !== undefined) throw new AppError("forbidden", `upload-pack: not our ref ${foreign}`);
      // A head that has moved since it was advertised, or that moves before upload-pack looks.
      const kept = wanted.filter((id) => commits.has(id) && (moving || !tips.has(id)));
      if (kept.length > 0) await git.keepCommits(runId, kept);
      return git.uploadPack(runId, { advertise: false, protocol });
    },
  };
}
