import { type Choice, type ComposedFile, compose } from "@/lib/compare/compose";
import type { ChangedFile } from "@/lib/compare/group-changes";
import { originsAfter } from "@/lib/compare/hand-edit";
import { type FileMap, mapFile } from "@/lib/compare/map-file";
import { type OriginRange, originRanges } from "@/lib/compare/provenance";
import type { FileDecision } from "@/lib/run/composition-events";
import { variationLetter } from "@/lib/run/select";
import { AppError } from "../app-error";
import type { MapService, MapSides } from "../compare/map-service";
import { blobsOf, readVersions } from "../compare/read-versions";
import type { GitStore } from "../git/git-store";

/** What compositions are made with. */
export interface ComposeTools {
  git: GitStore;
  maps: MapService;
}

/** What a decision makes of a file. */
export interface MadeFile {
  /** In the base; of a new file, where it was added. */
  path: string;
  map: FileMap;
  composed: ComposedFile;
  /** The text as it is in the tree, hand edits included; null for what has none. */
  text: string | null;
  ranges: OriginRange[];
  /** Whose work is in it. */
  variations: number[];
}

/** Longer texts are taken whole: nobody edits them here. */
export const MAX_EDITED_BYTES = 2 * 1024 * 1024;
/** What every variation has of a file that a person makes. */
const NOT_THERE = { kind: "untouched" } as const;
const PLAIN_MODES = new Set<string | undefined>(["100644", "100755", "100664", undefined]);

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
    variations: sides.commits.map(() => ({ kind: "untouched" })),
  };
  const blobs = await git.readBlobs(runId, blobsOf([file]), { each: MAX_EDITED_BYTES, all: MAX_EDITED_BYTES });
  return mapFile(readVersions(file, blobs));
}

/** The file that a decision makes. Rejects with `AppError` (`conflict`) where choices exclude each other, or name what is not there. */
export async function makeFile(
  tools: ComposeTools,
  runId: string,
  sides: MapSides,
  path: string,
  decision: FileDecision,
): Promise<MadeFile> {
  const map = await mapOfFile(tools, runId, path, sides, decision.edit !== undefined);
  const composed = compose(map, decision.choices);
  refuse(map, composed);
  refuseHalfLink(map, composed);
  const { content } = composed;
  const written = content?.kind === "text" ? content.text : map.base === null && content === null ? "" : null;
  const text = decision.edit === undefined ? written : await readText(tools.git, runId, decision.edit.blob, path);
  const origins = written === null || text === null || text === written ? composed.origins : originsAfter(written, composed.origins, text);
  // Made by hand where nobody had a file.
  if (content === null && decision.edit !== undefined && text !== null) {
    const own = { ...composed, content: { kind: "text" as const, text }, mode: composed.mode ?? "100644" };
    return { path, map, composed: own, text, ranges: originRanges(origins), variations: [] };
  }
  return {
    path,
    map,
    composed,
    text: content === null ? null : text,
    ranges: originRanges(origins),
    variations: creditsOf(map, decision.choices),
  };
}

/** A text of the run's repository, every byte of it. */
export async function readText(git: GitStore, runId: string, blob: string, path: string): Promise<string> {
  const blobs = await git.readBlobs(runId, [blob], { each: MAX_EDITED_BYTES, all: MAX_EDITED_BYTES });
  const bytes = blobs.get(blob);
  if (bytes === undefined) throw new Error(`the text that was written by hand over ${path} is not there`);
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

export function noSuchFile(path: string): AppError {
  return new AppError("not_found", `There is no file ${path} here.`, [
    { field: "path", message: "Give the path of a file as it is in the base; of a new file, where it was added." },
  ]);
}

function refuse({ path, rows }: FileMap, { conflicts, stale }: ComposedFile): void {
  const [conflict] = conflicts;
  const words = (choice: Choice): string => {
    const row = rows.find(({ id }) => id === choice.row);
    const cluster = row?.clusters.find((one) =>
      "cluster" in choice ? one.id === choice.cluster : one.variations.includes(choice.variation),
    );
    const where = row?.kind === "lines" ? `lines ${row.start + 1}–${Math.max(row.start + 1, row.end)}` : "the whole file";
    return `${(cluster?.variations ?? []).map(variationLetter).join("")} (${where})`;
  };
  if (conflict !== undefined) {
    const message = `In ${path}, ${words(conflict.choice)} cannot be taken beside ${words(conflict.with)}: both change the same place.`;
    throw new AppError("conflict", message, [{ field: "files", message: "Take one of both, or write it by hand." }]);
  }
  if (stale.length > 0) {
    const message = `${path} has no such change: ${stale.map(({ row }) => row).join(", ")}.`;
    throw new AppError("conflict", message, [{ field: "files", message: "Ask for the hunks again: the file has changed since." }]);
  }
}

/** A link or a submodule is one with its mode: the one without the other would be a file that nobody made. */
function refuseHalfLink({ path, base, rows }: FileMap, { mode, content }: ComposedFile): void {
  const clusters = rows.flatMap((row) => row.clusters.map(({ change, variations }) => ({ change, variations })));
  const modes = clusters.flatMap(({ change }) => (change.kind === "mode" ? [change.mode] : []));
  if ([base?.mode, ...modes].every((one) => PLAIN_MODES.has(one)) || content === null) return;
  const idOf = (variation: number): string | undefined => {
    const own = clusters.find(({ change, variations }) => change.kind === "content" && variations.includes(variation))?.change;
    if (own?.kind === "content") return own.content.kind === "binary" ? own.content.id : undefined;
    return base?.kind === "binary" ? base.id : undefined;
  };
  const modeOf = (variation: number): string | undefined => {
    const own = clusters.find(({ change, variations }) => change.kind === "mode" && variations.includes(variation))?.change;
    return own?.kind === "mode" ? own.mode : base?.mode;
  };
  const id = content.kind === "binary" ? content.id : undefined;
  const everyone = [...new Set(clusters.flatMap(({ variations }) => [...variations]))];
  const asSomewhere = everyone.some((variation) => idOf(variation) === id && modeOf(variation) === mode);
  const asInBase = base?.kind === "binary" && base.id === id && base.mode === mode;
  if (asSomewhere || asInBase || (PLAIN_MODES.has(mode) && id === undefined)) return;
  const message = `${path} is a link or a submodule somewhere: its content and its kind can only be taken together.`;
  throw new AppError("conflict", message, [{ field: "files", message: "Take the whole file from one variation." }]);
}

function creditsOf({ rows }: FileMap, choices: readonly Choice[]): number[] {
  const credited = choices.flatMap((choice) => {
    if ("variation" in choice) return [choice.variation];
    return [...(rows.find(({ id }) => id === choice.row)?.clusters.find(({ id }) => id === choice.cluster)?.variations ?? [])];
  });
  return [...new Set(credited)].sort((one, other) => one - other);
}
