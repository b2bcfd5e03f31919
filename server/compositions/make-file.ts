import { type Choice, type ComposedFile, compose } from "@/lib/compare/compose";
import type { Origin } from "@/lib/compare/hand-edit";
import type { FileMap } from "@/lib/compare/map-file";
import { type OriginRange, originRanges } from "@/lib/compare/provenance";
import type { FileDecision } from "@/lib/run/composition-events";
import { variationLetter } from "@/lib/run/select";
import { AppError } from "../app-error";
import type { MapSides } from "../compare/map-service";
import { editedOrigins, mapOfDecided, putFile, readSteps } from "./agent-layers";
import { type ComposeTools, PLAIN_MODES, readText } from "./map-of-file";

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
  /** The file as such is as an agent left it. */
  agent: boolean;
}

/** The file that a decision makes. Rejects with `AppError` (`conflict`) where choices exclude each other, or name what is not there. */
export async function makeFile(
  tools: ComposeTools,
  runId: string,
  sides: MapSides,
  path: string,
  decision: FileDecision,
): Promise<MadeFile> {
  const { choices, edit, put } = decision;
  const map = await mapOfDecided(tools, runId, path, sides, decision);
  const { composed, origins } = put === undefined ? chosen(map, choices) : await putFile(tools.git, runId, map, { choices, put });
  const { content } = composed;
  const isNobodys = put === undefined && map.base === null && content === null;
  const written = content?.kind === "text" ? content.text : isNobodys ? "" : null;
  const made = { path, map, composed, variations: put === undefined ? creditsOf(map, choices) : [], agent: put !== undefined };
  if (edit === undefined) return { ...made, text: content === null ? null : written, ranges: originRanges(origins) };
  const read = (blob: string): Promise<string> => readText(tools.git, runId, blob, path);
  const [text, steps] = await Promise.all([read(edit.blob), readSteps(edit, read)]);
  const edited = written === null || text === written ? origins : editedOrigins({ text: written, origins }, steps, text);
  const ranges = originRanges(edited);
  if (content !== null) return { ...made, text, ranges };
  // Made by hand where nobody had a file.
  const own = { ...composed, content: { kind: "text" as const, text }, mode: composed.mode ?? "100644" };
  return { ...made, composed: own, text, ranges, variations: [] };
}

function chosen(map: FileMap, choices: readonly Choice[]): { composed: ComposedFile; origins: readonly Origin[] } {
  const composed = compose(map, choices);
  refuse(map, composed);
  refuseHalfLink(map, composed);
  return { composed, origins: composed.origins };
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
