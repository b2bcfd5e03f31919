import type { ChangedFile } from "@/lib/compare/group-changes";
import { type FileMap, mapFile } from "@/lib/compare/map-file";
import type { FileDecision } from "@/lib/run/composition-events";
import { AppError } from "../app-error";
import type { MapService, MapSides } from "../compare/map-service";
import { blobsOf, readVersions } from "../compare/read-versions";
import type { GitStore } from "../git/git-store";

/** What compositions are made with. */
export interface ComposeTools {
  git: GitStore;
  maps: MapService;
}

/** Longer texts are taken whole: nobody edits them here. */
export const MAX_EDITED_BYTES = 2 * 1024 * 1024;
/** What every variation has of a file that it leaves alone. */
const NOT_THERE = { kind: "untouched" } as const;
/** Of files that have lines. */
export const PLAIN_MODES = new Set<string | undefined>(["100644", "100755", "100664", undefined]);

/** The map of a file: of one that variations changed, or of one that only the base has; `byHand`: or of one that nobody has. */
export async function mapOfFile(
  { git, maps }: ComposeTools,
  runId: string,
  path: string,
  sides: MapSides,
  byHand = false,
): Promise<FileMap> {
  const changed = await maps.changedFiles(runId, sides);
  if (changed.some((file) => file.path === path)) return maps.mapOf(runId, path, sides);
  const possible = !/(^|\/)(\.{1,2})?(\/|$)|\0/.test(path);
  const entry = possible ? await git.entryAt(runId, sides.base, path) : undefined;
  if (byHand && possible && entry === undefined) return mapFile({ path, base: null, variations: sides.commits.map(() => NOT_THERE) });
  if (entry?.type !== "blob") throw noSuchFile(path);
  const file: ChangedFile = {
    path,
    base: { blob: entry.blob, mode: entry.mode, lines: PLAIN_MODES.has(entry.mode) },
    variations: sides.commits.map(() => NOT_THERE),
  };
  const blobs = await git.readBlobs(runId, blobsOf([file]), { each: MAX_EDITED_BYTES, all: MAX_EDITED_BYTES });
  return mapFile(readVersions(file, blobs));
}

/** Whether somebody wrote in it: it may be in no variation and not in the base. */
export function isMade(decision: FileDecision | undefined): boolean {
  return decision?.edit !== undefined || decision?.put !== undefined;
}

/** A text of the run's repository, every byte of it. */
export async function readText(git: GitStore, runId: string, blob: string, path: string): Promise<string> {
  const blobs = await git.readBlobs(runId, [blob], { each: MAX_EDITED_BYTES, all: MAX_EDITED_BYTES });
  const bytes = blobs.get(blob);
  if (bytes === undefined) throw new Error(`the text that was written by hand over ${path} is not there`);
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

function noSuchFile(path: string): AppError {
  return new AppError("not_found", `There is no file ${path} here.`, [
    { field: "path", message: "Give the path of a file as it is in the base; of a new file, where it was added." },
  ]);
}
