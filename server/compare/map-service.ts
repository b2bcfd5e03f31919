import { type ChangedFile, groupChanges } from "@/lib/compare/group-changes";
import type { FileMap } from "@/lib/compare/map-file";
import { type Likeness, likenesses } from "@/lib/compare/mark";
import type { FileOutline } from "@/lib/compare/outline";
import type { FileSummary } from "@/lib/compare/summarize-file";
import type { FileMapQuery, FileMapResponse, MapQuery, MapResponse } from "@/lib/protocol/map";
import type { RunState } from "@/lib/run/state";
import { AppError } from "../app-error";
import { createBoundedCache } from "../bounded-cache";
import type { GitStore } from "../git/git-store";
import { generatedOf } from "../runs/generated-of";
import { pageOf } from "../runs/page-of";
import type { RunWriter } from "../runs/run-writer";
import { sideCommit } from "../runs/tree-sides";
import { fileAnswer } from "./file-answer";
import type { MapThread } from "./map-thread";
import { type Blobs, blobsOf } from "./read-versions";
import { createSharedWork } from "./shared-work";

/** What is compared: the base and a commit per variation, null for one without a tree. */
export interface MapSides {
  base: string;
  commits: readonly (string | null)[];
}

/**
 * What the variations of a run agree and differ in. Answers are kept by the commits that they are about. A caller may give up (`signal`); what
 * nobody waits for any more is stopped. Rejects with `AppError`.
 */
export interface MapService {
  /** A page of all files that some variation changed, under their paths in the base. */
  map(runId: string, query: MapQuery, signal?: AbortSignal): Promise<MapResponse>;
  file(runId: string, query: FileMapQuery, signal?: AbortSignal): Promise<FileMapResponse>;
  /** The sides as they are now, but for those that `sides` (as `MapQuery`) names. */
  sidesOf(runId: string, sides?: string): Promise<MapSides>;
  /** The files that differ, sorted by path, contents not read. The commits must belong to the run. */
  changedFiles(runId: string, sides: MapSides): Promise<readonly ChangedFile[]>;
  /** All changed files with their rows, without texts. */
  outlines(runId: string, sides: MapSides, signal?: AbortSignal): Promise<FileOutline[]>;
  /** The map of one file, by its path in the base. */
  mapOf(runId: string, path: string, sides: MapSides, signal?: AbortSignal): Promise<FileMap>;
}

const FILES_AT_ONCE = 100;
/** Larger files are compared by their ids; so is what comes after so many bytes of files that are compared at once. */
const BLOB_LIMITS = { each: 2 * 1024 * 1024, all: 128 * 1024 * 1024 };
/** A file takes some 500 bytes, as a summary and before it. */
const MAX_KEPT_FILES = 100_000;
/** A row without its texts takes some 600 bytes. */
const MAX_KEPT_ROWS = 100_000;
const MAX_KEPT_CHARACTERS = 32_000_000;

/** What differs from the base, contents not read. */
interface Grouped {
  files: readonly ChangedFile[];
  /** By variation. */
  renamesComplete: readonly boolean[];
}

/** See `MapService`. */
export function createMapService(writer: Pick<RunWriter, "state">, git: GitStore, thread: MapThread): MapService {
  const grouped = createBoundedCache<Grouped>({ bound: MAX_KEPT_FILES, weigh: ({ files }) => files.length + 1 });
  const summaries = createSharedWork(createBoundedCache<FileSummary[]>({ bound: MAX_KEPT_FILES, weigh: (files) => files.length + 1 }));
  const outlines = createSharedWork(
    createBoundedCache<FileOutline[]>({
      bound: MAX_KEPT_ROWS,
      weigh: (files) => files.reduce((sum, { rows }) => sum + rows.length + 1, 1),
    }),
  );
  const maps = createSharedWork(createBoundedCache<FileMap>({ bound: MAX_KEPT_CHARACTERS, weigh: weightOf }));

  async function sidesOf(runId: string, sides?: string): Promise<MapSides> {
    const run = await writer.state(runId);
    if (run === undefined) throw new AppError("not_found", `There is no run ${runId}.`);
    return { base: sideCommit(run, "base", "sides"), commits: commitsOf(run, sides) };
  }

  function groupedOf(runId: string, sides: MapSides): Promise<Grouped> {
    return grouped.get([runId, ...keyOf(sides)].join(" "), async () => {
      const { base, commits } = sides;
      const diffs = await Promise.all(commits.map((commit) => (commit === null ? undefined : git.diff(runId, base, commit))));
      return {
        files: groupChanges(diffs.map((diff) => diff?.files)),
        renamesComplete: diffs.map((diff) => diff?.renamesComplete ?? true),
      };
    });
  }

  /** Has the thread look at many files, some at a time. */
  async function inParts<T>(
    runId: string,
    files: readonly ChangedFile[],
    work: (some: readonly ChangedFile[], blobs: Blobs) => Promise<T[]>,
    stop: AbortSignal,
  ): Promise<T[]> {
    const parts: Promise<T[]>[] = [];
    for (let at = 0; at < files.length && !stop.aborted; at += FILES_AT_ONCE) {
      // While the thread compares some, git reads the next; no more than that, since they lie in memory.
      await parts.at(-2);
      const some = files.slice(at, at + FILES_AT_ONCE);
      const part = work(some, await git.readBlobs(runId, blobsOf(some), BLOB_LIMITS));
      // It may fail before it is waited for.
      part.catch(() => undefined);
      parts.push(part);
    }
    stop.throwIfAborted();
    return (await Promise.all(parts)).flat();
  }

  function summariesOf(runId: string, sides: MapSides, files: readonly ChangedFile[], signal?: AbortSignal): Promise<FileSummary[]> {
    const make = (stop: AbortSignal): Promise<FileSummary[]> =>
      inParts(runId, files, (some, blobs) => thread.run({ kind: "summaries", files: some, blobs }, stop), stop);
    return summaries([runId, ...keyOf(sides)].join(" "), make, signal);
  }

  function mapChanged(runId: string, file: ChangedFile, sides: MapSides, signal?: AbortSignal): Promise<FileMap> {
    const make = async (stop: AbortSignal): Promise<FileMap> => {
      const blobs = await git.readBlobs(runId, blobsOf([file]), BLOB_LIMITS);
      return thread.run({ kind: "file", file, blobs }, stop);
    };
    return maps([runId, ...keyOf(sides), file.path].join(" "), make, signal);
  }

  async function changedFile(runId: string, path: string, sides: MapSides): Promise<ChangedFile> {
    const found = (await groupedOf(runId, sides)).files.find((file) => file.path === path);
    if (found !== undefined) return found;
    throw new AppError("not_found", `No variation changed ${path}.`, [
      { field: "path", message: "Give the path of a changed file as it is in the base; of a new file, where it was added." },
    ]);
  }

  return {
    sidesOf,
    changedFiles: async (runId, sides) => (await groupedOf(runId, sides)).files,
    async map(runId, query, signal) {
      const sides = await sidesOf(runId, query.sides);
      thread.prepare();
      const [{ files, renamesComplete }, generated] = await Promise.all([groupedOf(runId, sides), generatedOf(git, runId, sides.base)]);
      const all = await summariesOf(runId, sides, files, signal);
      const page = pageOf(
        files.map((file, index) => ({ file, summary: all[index] })),
        query,
        keyOf(sides)
          .map((commit) => commit.slice(0, 12))
          .join("-"),
      );
      return {
        base_commit: sides.base,
        variations: sides.commits.map((commit, index) => ({ commit, renames_complete: renamesComplete[index] ?? true })),
        total: files.length,
        counts: countFiles(all),
        files: page.rows.flatMap(({ file, summary }) =>
          summary === undefined
            ? []
            : [{ ...summary, in_base: file.base !== null, generated: generated(file.path), paths: file.variations.map(newPath) }],
        ),
        next_cursor: page.nextCursor,
      };
    },
    async file(runId, query, signal) {
      const sides = await sidesOf(runId, query.sides);
      const found = await changedFile(runId, query.path, sides);
      return fileAnswer(found, await mapChanged(runId, found, sides, signal), { ...sides, after: query.after });
    },
    async outlines(runId, sides, signal) {
      const { files } = await groupedOf(runId, sides);
      const make = (stop: AbortSignal): Promise<FileOutline[]> =>
        inParts(runId, files, (some, blobs) => thread.run({ kind: "outlines", files: some, blobs }, stop), stop);
      return outlines([runId, ...keyOf(sides)].join(" "), make, signal);
    },
    async mapOf(runId, path, sides, signal) {
      return mapChanged(runId, await changedFile(runId, path, sides), sides, signal);
    },
  };
}

/** One per variation. Who is done without having changed anything stands at the base; who failed at that says nothing. */
function commitsOf(run: RunState, sides: string | undefined): (string | null)[] {
  const commits = run.variations.map(
    ({ snapshot, status }) => snapshot?.commit ?? (status === "completed" ? (run.base?.commit ?? null) : null),
  );
  for (const side of sides?.split(",") ?? []) commits[side.charCodeAt(0) - 97] = sideCommit(run, side, "sides");
  return commits;
}

function keyOf({ base, commits }: MapSides): string[] {
  return [base, ...commits.map((commit) => commit ?? "0")];
}

function newPath(version: ChangedFile["variations"][number]): string | null {
  return version.kind === "blob" ? (version.path ?? null) : null;
}

function countFiles(files: readonly FileSummary[]): MapResponse["counts"] {
  const count = (likeness: Likeness): MapResponse["counts"][Likeness] => {
    const counts = { all: 0, some: 0, only: 0, conflict: 0 };
    for (const { mark } of files) if (mark[likeness] !== "none") counts[mark[likeness]] += 1;
    return counts;
  };
  const [exact, space, imports] = likenesses.map(count);
  const none = { all: 0, some: 0, only: 0, conflict: 0 };
  return { exact: exact ?? none, space: space ?? none, imports: imports ?? none };
}

/** Characters, roughly: the base's text and what clusters put in its place. */
function weightOf({ base, rows }: FileMap): number {
  const text = base?.kind === "text" ? base.text.length : 0;
  return rows.reduce((sum, { clusters }) => {
    const own = clusters.flatMap(({ change }) => (change.kind === "lines" ? change.pieces.flatMap(({ lines }) => lines) : []));
    return own.reduce((characters, line) => characters + line.length + 16, sum + 200);
  }, text + 200);
}
