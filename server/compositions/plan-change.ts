import { type Choice, choicesOf, compose, settleChoices } from "@/lib/compare/compose";
import { moveEdit } from "@/lib/compare/hand-edit";
import type { FileMap } from "@/lib/compare/map-file";
import type { CompositionOrder } from "@/lib/protocol/compositions";
import type { Composition } from "@/lib/run/composition";
import type { FileDecision } from "@/lib/run/composition-events";
import { variationLetter } from "@/lib/run/select";
import { AppError } from "../app-error";
import type { MapSides } from "../compare/map-service";
import { putFile, readSteps } from "./agent-layers";
import { type ComposeTools, isMade, mapOfFile, readText } from "./map-of-file";

type FileOrder = NonNullable<CompositionOrder["files"]>[number];

/** Decisions by path; null takes one back. */
export type Patch = Record<string, FileDecision | null>;

/** What was taken and is not there any more. */
export interface Dropped {
  path: string;
  rows: string[];
}

/** What a request wants of one file, as a decision: letters become choices, hand edits become blobs and move along with what they stand on. */
export async function decide(
  tools: ComposeTools,
  runId: string,
  { sides, from, files }: { sides: MapSides; from: number | null; files: Composition["files"] },
  order: FileOrder,
): Promise<FileDecision | null> {
  const { path, take, text } = order;
  if (take === "start" && text === undefined) return null;
  if (typeof text === "string") refuseName(path);
  const byHand = typeof text === "string" || isMade(files[path]);
  const map = await mapOfFile(tools, runId, path, sides, byHand);
  if (order.new === true && (map.base !== null || map.rows.length > 0 || files[path] !== undefined)) throw isThere(path);
  const before: FileDecision = files[path] ?? { choices: from === null ? [] : clustersOf(map, from) };
  // Nothing is left of a file that was made by hand, or by an agent.
  if (text === null && map.rows.length === 0) return null;
  const choices = order.choices === undefined ? (takenBy(map, take, from) ?? before.choices) : settleChoices(map, order.choices);
  const stays = order.choices === undefined && take === undefined && text !== null ? before.put : undefined;
  const start = { choices, ...(stays === undefined ? {} : { put: stays }) };
  const composed = await composedText(tools, runId, map, start);
  if (text === undefined || text === null) {
    if (text === null || before.edit === undefined) return start;
    return editOn(tools, runId, path, start, await moved(tools, runId, path, before.edit, composed), composed);
  }
  if (composed === undefined) {
    const message = `${path} has no lines here: there is nothing to write in.`;
    throw new AppError("conflict", message, [{ field: "files", message: "Take a text from a variation first." }]);
  }
  return editOn(tools, runId, path, start, { text, fits: before.edit?.fits }, composed);
}

/** The decisions on newer trees of the variations: choices that name nothing any more, or conflict now, are dropped. */
export async function refreshed(
  tools: ComposeTools,
  runId: string,
  files: Composition["files"],
  sides: MapSides,
): Promise<{ files: Patch; dropped: Dropped[] }> {
  const patch: Patch = {};
  const dropped: Dropped[] = [];
  for (const [path, decision] of Object.entries(files)) {
    const { choices: before, edit, put } = decision;
    const map = await mapOfFile(tools, runId, path, sides, edit !== undefined).catch(() => undefined);
    const choices = map === undefined ? before : settleChoices(map, before);
    const lost = map === undefined ? choices : lostIn(map, choices);
    if (put !== undefined) {
      // It stands in place of them, whatever became of them.
      patch[path] = { ...decision, choices: choices.filter((choice) => !lost.includes(choice)) };
      continue;
    }
    const kept = choices.filter((choice) => !lost.includes(choice));
    if (lost.length > 0) dropped.push({ path, rows: lost.map(({ row }) => row) });
    const composed = map === undefined ? undefined : textIn(map, kept);
    if (map === undefined) patch[path] = null;
    else if (edit === undefined) patch[path] = { choices: kept };
    else patch[path] = await editOn(tools, runId, path, { choices: kept }, await moved(tools, runId, path, edit, composed), composed);
  }
  return { files: patch, dropped };
}

/** What of the choices another map doesn't have, or doesn't allow together. */
export function lostIn(map: FileMap, choices: readonly Choice[]): Choice[] {
  const { stale, conflicts } = compose(map, choices);
  return [...stale, ...conflicts.map(({ choice }) => choice)];
}

/** All that a variation changed in a file, named by what it says and not by who says it. */
export function clustersOf(map: FileMap, variation: number): Choice[] {
  return choicesOf(map, variation).map((choice) => {
    const row = map.rows.find(({ id }) => id === choice.row);
    const cluster = row?.clusters.find(({ variations }) => variations.includes(variation));
    return cluster === undefined ? choice : { row: choice.row, cluster: cluster.id };
  });
}

function takenBy(map: FileMap, take: FileOrder["take"], from: number | null): Choice[] | undefined {
  if (take === undefined) return undefined;
  if (take === "base") return [];
  const variation = take === "start" ? from : take.charCodeAt(0) - 97;
  if (variation === null) return [];
  if (variation < (map.rows[0]?.cells.length ?? Number.POSITIVE_INFINITY)) return clustersOf(map, variation);
  const message = `This run has no variation ${variationLetter(variation)}.`;
  throw new AppError("not_found", message, [{ field: "files", message: "Give the letter of a variation of this run." }]);
}

/** The text that an edit stands on. */
export async function composedText(
  { git }: ComposeTools,
  runId: string,
  map: FileMap,
  { choices, put }: FileDecision,
): Promise<string | undefined> {
  if (put === undefined) return textIn(map, choices);
  const { composed } = await putFile(git, runId, map, { choices, put });
  return composed.content?.kind === "text" ? composed.content.text : undefined;
}

/** Undefined where there is nothing to write in. A file that is not there yet can be written. */
function textIn(map: FileMap, choices: readonly Choice[]): string | undefined {
  const { content } = compose(map, choices);
  if (content === null) return map.base === null ? "" : undefined;
  return content.kind === "text" ? content.text : undefined;
}

/** Git would keep such a file, and refuse to check it out. */
function refuseName(path: string): void {
  if (!/(^|\/)\.git(\/|$)/i.test(path) && !/[\u0000-\u001f\u007f]/.test(path) && !path.startsWith("/") && !path.endsWith("/")) return;
  const message = `${path.replace(/[\u0000-\u001f\u007f]/g, "?")} is no name for a file here.`;
  const remedy = "Give a path from the root of the repository, such as src/retry.ts, outside of .git.";
  throw new AppError("bad_request", message, [{ field: "files", message: remedy }]);
}

function isThere(path: string): AppError {
  return new AppError("conflict", `There is a file ${path} already.`, [
    { field: "files", message: "Give another path, or write in that one." },
  ]);
}

/** A text that was edited, and the texts that agents found and left on the way to it. */
interface EditedText {
  text: string;
  fits: NonNullable<FileDecision["edit"]>["fits"];
}

/** The edited text over what is composed now. */
async function moved(
  { git }: ComposeTools,
  runId: string,
  path: string,
  edit: NonNullable<FileDecision["edit"]>,
  composed: string | undefined,
): Promise<EditedText> {
  const read = (blob: string): Promise<string> => readText(git, runId, blob, path);
  const [on, edited, steps] = await Promise.all([read(edit.on), read(edit.blob), readSteps(edit, read)]);
  if (composed === on) return { text: edited, fits: edit.fits };
  const over = (text: string): string | undefined => (composed === undefined ? undefined : moveEdit(on, text, composed));
  const result = over(edited);
  const texts = steps.flatMap((step) => [over(step.on), over(step.text)]);
  if (result !== undefined && texts.every((text) => text !== undefined)) {
    const blobs = await git.writeBlobs(runId, texts);
    return { text: result, fits: edit.fits?.map((_, at) => ({ on: blobs[at * 2] ?? "", blob: blobs[at * 2 + 1] ?? "" })) };
  }
  const whose = steps.length === 0 ? "your hand edits stand" : "what was written by hand, or by an agent, stands";
  const message = `In ${path} ${whose} where this would change something.`;
  throw new AppError("conflict", message, [
    { field: "files", message: "Take your edits of this file back first, or make the change by hand." },
  ]);
}

async function editOn(
  { git }: ComposeTools,
  runId: string,
  path: string,
  start: FileDecision,
  { text, fits }: EditedText,
  composed: string | undefined,
): Promise<FileDecision> {
  // An empty file that is made by hand is one all the same.
  if (composed === undefined || (text === composed && text !== "")) return start;
  if (text.includes("\0")) {
    throw new AppError("bad_request", `The text of ${path} holds a NUL character.`, [{ field: "files", message: "Leave it out." }]);
  }
  const [blob = "", on = ""] = await git.writeBlobs(runId, [text, composed]);
  return { ...start, edit: { blob, on, ...(fits === undefined ? {} : { fits }) } };
}
