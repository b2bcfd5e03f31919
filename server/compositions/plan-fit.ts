import { moveEdit } from "@/lib/compare/hand-edit";
import type { Composition } from "@/lib/run/composition";
import type { FileDecision } from "@/lib/run/composition-events";
import type { Fit } from "@/lib/run/fit-state";
import type { MapSides } from "../compare/map-service";
import type { FileDiff } from "../git/git-store";
import { contentOf, mapOfDecided } from "./agent-layers";
import type { ComposeTools } from "./map-of-file";
import { filesAt } from "./places";
import { clustersOf, composedText, type Patch } from "./plan-change";

/** A file that an agent changed, and whether that can be taken into the composition as it is now. */
export interface FitChange {
  file: FileDiff;
  /** Within what it was to change. */
  inside: boolean;
  /** The composition's file became another one meanwhile, and both go together. */
  merged: boolean;
  /** Why it cannot be taken. */
  refusal?: string;
  /** What taking it makes of the recipe; absent where it is refused. */
  patch?: Patch;
}

interface Target {
  composition: Composition;
  sides: MapSides;
  /** What the agent left. */
  result: string;
}

/** Everything that an agent changed in the composition's tree, each file planned for itself against what the composition is by now. */
export async function planFit(tools: ComposeTools, runId: string, fit: Fit, target: Target): Promise<FitChange[]> {
  const { composition, sides, result } = target;
  const { files } = await tools.git.diff(runId, fit.commit, result);
  const fileAt = await filesAt(tools, runId, composition, sides);
  const seams = new Set(fit.paths);
  const changes: FitChange[] = [];
  for (const file of files) {
    const inside = seams.has(file.path) && (file.oldPath === undefined || seams.has(file.oldPath));
    changes.push({ file, inside, ...(await planFile(tools, runId, target, file, fileAt)) });
  }
  return changes;
}

type Planned = Omit<FitChange, "file" | "inside">;

async function planFile(
  tools: ComposeTools,
  runId: string,
  { composition, sides }: Target,
  file: FileDiff,
  fileAt: (place: string) => string | undefined,
): Promise<Planned> {
  const { path, oldPath = path, oldBlob, oldMode, newBlob, newMode = "100644" } = file;
  const name = fileAt(oldPath);
  if (name === undefined) return refused(`Another file has moved away from ${oldPath}: write it by hand.`);
  if (newMode === "160000") return refused("It is a submodule: nothing of it is here.");
  const there = await tools.git.entryAt(runId, composition.snapshot?.commit ?? sides.base, oldPath);
  const before = await decisionOf(tools, runId, composition, sides, name);
  const same = there?.blob === oldBlob && (there === undefined || there.mode === oldMode);
  const asText = await editOf(tools, runId, { file, there, name, before, sides });
  if (asText === "conflict")
    return refused(`${path} was changed at the same place meanwhile. Go back to what it was, or write it by hand.`);
  if (asText !== undefined) return { merged: !same, patch: { [name]: asText } };
  if (!same) return refused(`${oldPath} is another one by now. Go back to what it was, or write it by hand.`);
  const taken = path !== oldPath && (await tools.git.entryAt(runId, composition.snapshot?.commit ?? sides.base, path)) !== undefined;
  if (taken) return refused(`The composition has a file ${path} by now.`);
  // What was written over the file is in what the agent left.
  return { merged: false, patch: { [name]: { choices: before.choices, put: { path, mode: newMode, blob: newBlob ?? null } } } };
}

function refused(refusal: string): Planned {
  return { merged: false, refusal };
}

/** What is decided about a file by now, or would have to be to leave it as it is. */
async function decisionOf(
  tools: ComposeTools,
  runId: string,
  { files, from }: Composition,
  sides: MapSides,
  name: string,
): Promise<FileDecision> {
  const decided = files[name];
  if (decided !== undefined || from === null) return decided ?? { choices: [] };
  const isChanged = (await tools.maps.changedFiles(runId, sides)).some(({ path }) => path === name);
  return { choices: isChanged ? clustersOf(await tools.maps.mapOf(runId, name, sides), from) : [] };
}

interface EditedFile {
  file: FileDiff;
  there: { blob: string; mode: string } | undefined;
  name: string;
  before: FileDecision;
  sides: MapSides;
}

/** Other lines in a file that stays where it is: an edit over what is composed. Undefined for everything else. */
async function editOf(
  tools: ComposeTools,
  runId: string,
  { file, there, name, before, sides }: EditedFile,
): Promise<FileDecision | "conflict" | undefined> {
  const { git } = tools;
  const { status, oldBlob, oldMode, newBlob, newMode } = file;
  if (status !== "modified" || oldBlob === undefined || newBlob === undefined || newMode === undefined) return undefined;
  if (there === undefined || there.mode !== newMode || oldMode !== newMode) return undefined;
  const [old, left, now] = await Promise.all([oldBlob, newBlob, there.blob].map((blob) => contentOf(git, runId, { blob, mode: newMode })));
  if (old?.kind !== "text" || left?.kind !== "text" || now?.kind !== "text") return undefined;
  const map = await mapOfDecided(tools, runId, name, sides, { choices: [], put: { path: name, mode: newMode, blob: null } });
  const on = await composedText(tools, runId, map, before);
  if (on === undefined) return undefined;
  const text = there.blob === oldBlob ? left.text : moveEdit(old.text, left.text, now.text);
  if (text === undefined) return "conflict";
  const [onBlob = "", foundBlob = "", blob = ""] = await git.writeBlobs(runId, [on, now.text, text]);
  const { choices, put, edit } = before;
  const fits = [...(edit?.fits ?? []), { on: foundBlob, blob }];
  return { choices, ...(put === undefined ? {} : { put }), edit: { blob, on: onBlob, fits } };
}
