import { pathClashes } from "@/lib/compare/compose";
import type { ChangedFile } from "@/lib/compare/group-changes";
import { countOrigins } from "@/lib/compare/provenance";
import type { Composition, CompositionSnapshot } from "@/lib/run/composition";
import { lettersOf } from "@/lib/run/letters";
import { AppError } from "../app-error";
import type { MapSides } from "../compare/map-service";
import type { TreeEntry } from "../git/git-store";
import { type MadeFile, makeFile } from "./make-file";
import type { ComposeTools } from "./map-of-file";
import { type FileProvenance, provenanceLines } from "./provenance-lines";

/** What a tree is made of. */
export type Recipe = Pick<Composition, "from" | "files"> & { sides: MapSides };

/**
 * Makes the tree of a composition and a commit of it on the base, in the run's repository. The same recipe gives the same tree. Rejects with
 * `AppError` (`conflict`) where choices exclude each other or two files would have one path.
 */
export async function buildTree(tools: ComposeTools, runId: string, recipe: Recipe, at: number): Promise<Omit<CompositionSnapshot, "at">> {
  const { git } = tools;
  const { sides, from } = recipe;
  const { made, start, remove } = await gather(tools, runId, recipe);
  const clashing = pathClashes(made.map(({ composed }) => composed));
  if (clashing.length > 0) throw clash(clashing);
  const written = await git.writeTree(runId, { from: start, remove, put: await entriesOf(tools, runId, made) });
  if ("clashes" in written) throw clash(written.clashes);

  const rest = await restOf(tools, runId, recipe, start, remove);
  const variations = new Set(made.flatMap((file) => file.variations));
  if (from !== null && rest.length > 0) variations.add(from);
  const credits = [...variations].sort((one, other) => one - other);
  const message = messageOf(runId, credits, provenanceOfAll(made, rest, from));
  const commit = await git.commitTree(runId, { tree: written.tree, parent: sides.base, message, at });
  const { totals } = await git.diff(runId, sides.base, commit);
  const counted = countOrigins(
    made.flatMap(({ ranges }) => ranges),
    sides.commits.length,
  );
  if (from !== null) counted.lines[from] = (counted.lines[from] ?? 0) + rest.reduce((sum, { added }) => sum + added, 0);
  const { files: count, added, deleted } = totals;
  return { commit, tree: written.tree, files: count, added, deleted, variations: credits, ...counted };
}

/** What the files of a composition are made of. */
export async function partsOf(tools: ComposeTools, runId: string, recipe: Recipe): Promise<FileProvenance[]> {
  const { made, start, remove } = await gather(tools, runId, recipe);
  return provenanceOfAll(made, await restOf(tools, runId, recipe, start, remove), recipe.from);
}

/** The decided files as they are made, and what gives way to them in the tree that is started from. */
async function gather(tools: ComposeTools, runId: string, { sides, from, files }: Recipe) {
  const changed = await tools.maps.changedFiles(runId, sides);
  const made: MadeFile[] = [];
  for (const [path, decision] of Object.entries(files)) made.push(await makeFile(tools, runId, sides, path, decision));
  const start = (from === null ? undefined : sides.commits[from]) ?? sides.base;
  const byPath = new Map(changed.map((file) => [file.path, file]));
  const remove = made.flatMap(({ path, map }) => placeIn(byPath.get(path), from, map.base === null ? undefined : path) ?? []);
  return { made, start, remove };
}

/** Where a file is in the tree that is started from; undefined where it is not there. */
export function placeIn(file: ChangedFile | undefined, from: number | null, inBase: string | undefined): string | undefined {
  const version = from === null ? undefined : file?.variations[from];
  if (version?.kind === "deleted") return undefined;
  return version?.kind === "blob" ? (version.path ?? file?.path) : inBase;
}

async function entriesOf({ git }: ComposeTools, runId: string, made: readonly MadeFile[]): Promise<TreeEntry[]> {
  const there = made.filter(({ composed }) => composed.content !== null);
  const texts = there.flatMap(({ text }) => (text === null ? [] : [text]));
  const ids = await git.writeBlobs(runId, texts);
  let next = 0;
  return there.map(({ composed: { path, mode = "100644", content }, text }) => {
    if (text === null) return { path, mode, blob: content?.kind === "binary" ? content.id : "" };
    next += 1;
    return { path, mode, blob: ids[next - 1] ?? "" };
  });
}

/** What the variation that is started from changed and nobody has decided about. */
async function restOf({ git }: ComposeTools, runId: string, { sides, from, files: decisions }: Recipe, start: string, removed: string[]) {
  if (from === null) return [];
  const decided = new Set([...Object.keys(decisions), ...removed]);
  const { files } = await git.diff(runId, sides.base, start);
  return files.filter(({ path, oldPath }) => !decided.has(path) && (oldPath === undefined || !decided.has(oldPath)));
}

function provenanceOfAll(made: readonly MadeFile[], rest: readonly { path: string }[], from: number | null): FileProvenance[] {
  return [...made.map(provenanceOf), ...rest.map(({ path }) => ({ path, variations: [from ?? 0], ranges: [] }))];
}

/** A file that takes lines from nobody (it was deleted, or only moved) is named by itself. */
function provenanceOf({ composed, ranges, variations, agent }: MadeFile): FileProvenance {
  return { path: composed.path, variations, ranges, agent };
}

function messageOf(runId: string, credits: readonly number[], files: readonly FileProvenance[]): string {
  const subject = credits.length === 0 ? "Composition" : `Composition of ${lettersOf(credits)}`;
  return `${subject}\n\n${[`Aideator-Run: ${runId}`, ...provenanceLines(files)].join("\n")}\n`;
}

function clash(paths: readonly string[]): AppError {
  const named = [...new Set(paths)].slice(0, 5).join(", ");
  const message = `Two files would have the same path, or be file and folder at once: ${named}.`;
  return new AppError("conflict", message, [{ field: "files", message: "Take only one of them." }]);
}
