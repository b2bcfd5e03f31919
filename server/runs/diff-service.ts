import type { GeneratedReason } from "@/lib/diff/generated-files";
import type {
  BlobResponse,
  ChangesQuery,
  ChangesResponse,
  DiffQuery,
  DiffResponse,
  FileDiffRow,
  FileListResponse,
  FileResponse,
} from "@/lib/protocol/trees";
import type { RunState } from "@/lib/run/state";
import { runCommits } from "@/lib/run/trees";
import { AppError } from "../app-error";
import type { FileDiff, GitStore, GitStream } from "../git/git-store";
import { generatedOf } from "./generated-of";
import { pageOf } from "./page-of";
import type { RunWriter } from "./run-writer";
import { sideCommit } from "./tree-sides";

/**
 * Reading trees of a run: what the diff view and API users ask. Sides are as in `sideCommit`. Nothing is answered but of trees that belong to the
 * run. Rejects with `AppError`.
 */
export interface DiffService {
  /** A page of what differs, in order of paths, with the totals of all. */
  diff(runId: string, query: DiffQuery): Promise<DiffResponse>;
  /** A page of all paths that some variation changed. */
  changes(runId: string, query: ChangesQuery): Promise<ChangesResponse>;
  files(runId: string, at: string): Promise<FileListResponse>;
  file(runId: string, at: string, path: string): Promise<FileResponse>;
  blob(runId: string, blob: string): Promise<BlobResponse>;
  /** The raw bytes; the caller kills a stream that it does not read to its end. */
  streamBlob(runId: string, blob: string): Promise<{ size: number; open(): GitStream }>;
}

/** See `DiffService`. */
export function createDiffService(writer: Pick<RunWriter, "state">, git: GitStore): DiffService {
  async function stateOf(runId: string): Promise<RunState> {
    const state = await writer.state(runId);
    if (state === undefined) throw new AppError("not_found", `There is no run ${runId}.`);
    return state;
  }

  /** A blob's id is no permission: through its alternates the repository has all that was ever fetched from upstream. */
  async function checkBlob(runId: string, blob: string): Promise<void> {
    const run = await stateOf(runId);
    const base = sideCommit(run, "base", "blob");
    if ((await git.treeIndex(runId, base)).blobs.has(blob)) return;
    const snapshots = [...runCommits(run)].filter((commit) => commit !== base);
    if (snapshots.length > 0 && (await git.objectsBeyond(runId, base, snapshots)).has(blob)) return;
    throw new AppError("not_found", `This run has no file content ${blob.slice(0, 12)}.`);
  }

  async function blob(runId: string, id: string): Promise<BlobResponse> {
    const { size, binary, truncated, text } = await git.readBlob(runId, id);
    return { blob: id, size, binary, truncated, text: text ?? null };
  }

  return {
    async diff(runId, query) {
      const run = await stateOf(runId);
      const [from, to] = [sideCommit(run, query.from, "from"), sideCommit(run, query.to, "to")];
      const compared = git.diff(runId, from, to, { ignoreWhitespace: query.ignore_whitespace === "1" });
      const [{ files, totals, renamesComplete }, generated] = await Promise.all([
        compared,
        generatedOf(git, runId, sideCommit(run, "base", "from")),
      ]);
      const page = pageOf(files, query, `${from.slice(0, 12)}-${to.slice(0, 12)}`);
      return {
        from: query.from,
        to: query.to,
        from_commit: from,
        to_commit: to,
        totals,
        renames_complete: renamesComplete,
        files: page.rows.map((file) => rowOf(file, generated(file.path))),
        next_cursor: page.nextCursor,
      };
    },
    async changes(runId, query) {
      const run = await stateOf(runId);
      const base = sideCommit(run, "base", "from");
      const commits = run.variations.map(({ snapshot }) => snapshot?.commit ?? null);
      const diffs = await Promise.all(commits.map((commit) => (commit === null ? undefined : git.diff(runId, base, commit))));
      const byPath = new Map<string, ChangesResponse["files"][number]["variations"]>();
      diffs.forEach((diff, index) => {
        for (const file of diff?.files ?? []) {
          const row = byPath.get(file.path) ?? commits.map(() => null);
          const { status, added, deleted, binary } = file;
          const ids = { old_path: file.oldPath ?? null, new_blob: file.newBlob ?? null, new_mode: file.newMode ?? null };
          row[index] = { status, added, deleted, binary, ...ids };
          byPath.set(file.path, row);
        }
      });
      const paths = [...byPath.keys()].sort((one, other) => (one < other ? -1 : 1));
      const page = pageOf(paths, query, commits.map((commit) => commit?.slice(0, 12) ?? "0").join("-"));
      const generated = await generatedOf(git, runId, base);
      const none = { files: 0, added: 0, deleted: 0 };
      return {
        base_commit: base,
        variations: commits.map((commit, index) => {
          const diff = diffs[index];
          return { commit, totals: diff?.totals ?? none, renames_complete: diff?.renamesComplete ?? true };
        }),
        total: paths.length,
        files: page.rows.map((path) => ({ path, generated: generated(path), variations: byPath.get(path) ?? [] })),
        next_cursor: page.nextCursor,
      };
    },
    async files(runId, at) {
      const commit = sideCommit(await stateOf(runId), at, "at");
      const files = await git.listFiles(runId, commit);
      return { at, commit, files: files.map(({ path, blob: id, size, mode }) => ({ path, blob: id, size, mode })) };
    },
    async file(runId, at, path) {
      const commit = sideCommit(await stateOf(runId), at, "at");
      const entry = isPlainPath(path) ? await git.entryAt(runId, commit, path) : undefined;
      const what = { tree: "a folder", commit: "a submodule, which is not fetched" }[entry?.type ?? ""];
      if (entry === undefined || what !== undefined) {
        const message = what === undefined ? `There is no file ${path} in this tree.` : `${path} is ${what}.`;
        throw new AppError("not_found", message, [{ field: "path", message: "Give the path of a file, from the repository's root." }]);
      }
      return { ...(await blob(runId, entry.blob)), at, commit, path, mode: entry.mode };
    },
    async blob(runId, id) {
      await checkBlob(runId, id);
      return blob(runId, id);
    },
    async streamBlob(runId, id) {
      await checkBlob(runId, id);
      return git.streamBlob(runId, id);
    },
  };
}

function rowOf(file: FileDiff, generated: GeneratedReason | null): FileDiffRow {
  return {
    path: file.path,
    path_bytes: file.pathBytes ?? null,
    old_path: file.oldPath ?? null,
    status: file.status,
    old_blob: file.oldBlob ?? null,
    new_blob: file.newBlob ?? null,
    old_mode: file.oldMode ?? null,
    new_mode: file.newMode ?? null,
    added: file.added,
    deleted: file.deleted,
    binary: file.binary,
    too_large: file.tooLarge ?? false,
    old_size: file.oldSize ?? null,
    new_size: file.newSize ?? null,
    generated,
  };
}

function isPlainPath(path: string): boolean {
  return !path.includes("\0") && path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}
