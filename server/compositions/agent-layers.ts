import { type ComposedFile, compose } from "@/lib/compare/compose";
import type { FileContent } from "@/lib/compare/file-versions";
import { type Origin, originsAfter } from "@/lib/compare/hand-edit";
import type { FileMap } from "@/lib/compare/map-file";
import type { FileDecision } from "@/lib/run/composition-events";
import type { MapSides } from "../compare/map-service";
import { readVersions } from "../compare/read-versions";
import type { GitStore } from "../git/git-store";
import { type ComposeTools, isMade, MAX_EDITED_BYTES, mapOfFile, PLAIN_MODES } from "./map-of-file";

type Put = NonNullable<FileDecision["put"]>;
type Edit = NonNullable<FileDecision["edit"]>;

/** The map of a file that has a decision: one that an agent made is in no variation and not in the base. */
export async function mapOfDecided(
  tools: ComposeTools,
  runId: string,
  path: string,
  sides: MapSides,
  decision: FileDecision | undefined,
): Promise<FileMap> {
  return mapOfFile(tools, runId, path, sides, isMade(decision));
}

/** What a blob is as a file of this mode: a text where it can be written back byte for byte. */
export async function contentOf(git: GitStore, runId: string, { blob, mode }: { blob: string; mode: string }): Promise<FileContent> {
  const lines = PLAIN_MODES.has(mode);
  const blobs = lines ? await git.readBlobs(runId, [blob], { each: MAX_EDITED_BYTES, all: MAX_EDITED_BYTES }) : new Map();
  const { base } = readVersions({ path: "", base: { blob, mode, lines }, variations: [] }, blobs);
  return base?.kind === "text" ? { kind: "text", text: base.text } : { kind: "binary", id: blob };
}

/** The file as an agent left it; lines that it has from what was chosen keep their origin. */
export async function putFile(
  git: GitStore,
  runId: string,
  map: FileMap,
  { choices, put }: { choices: FileDecision["choices"]; put: Put },
): Promise<{ composed: ComposedFile; origins: Origin[] }> {
  const { path, mode, blob } = put;
  const content = blob === null ? null : await contentOf(git, runId, { blob, mode });
  const below = compose(map, choices);
  const before = below.content?.kind === "text" ? below.content.text : "";
  const origins =
    content?.kind === "text" ? originsAfter(before, below.content?.kind === "text" ? below.origins : [], content.text, "agent") : [];
  return { composed: { path, mode, content, origins: [], conflicts: [], stale: [] }, origins };
}

/** Where the lines of an edited text are from: what agents wrote on the way is theirs, the rest was written by hand. */
export function editedOrigins(
  composed: { text: string; origins: readonly Origin[] },
  steps: readonly { on: string; text: string }[],
  edited: string,
): Origin[] {
  let { text, origins } = composed;
  for (const step of steps) {
    origins = originsAfter(text, origins, step.on);
    origins = originsAfter(step.on, origins, step.text, "agent");
    text = step.text;
  }
  return originsAfter(text, origins, edited);
}

/** The texts of what agents did to an edited file, oldest first. */
export async function readSteps({ fits = [] }: Edit, read: (blob: string) => Promise<string>): Promise<{ on: string; text: string }[]> {
  return Promise.all(fits.map(async ({ on, blob }) => ({ on: await read(on), text: await read(blob) })));
}
