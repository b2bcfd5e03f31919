import type { ChangesResponse } from "../protocol/trees";

/** What a variation made of a file, its content still a blob id. `lines`: it is worth reading, the rest is compared by its id. */
export type ChangedVersion =
  | { kind: "unknown" | "untouched" | "deleted" }
  | { kind: "blob"; blob: string; lines: boolean; path?: string; mode?: string };

/** A file that at least one variation changed, under its name in the base. */
export interface ChangedFile {
  path: string;
  /** False: only variations have it. */
  inBase: boolean;
  /** One per variation, by index. */
  variations: ChangedVersion[];
}

/** Regular files; a link's or a submodule's blob is no text to be put together of lines. */
const FILE_MODES = new Set<string | null>(["100644", "100755", "100664", null]);

/**
 * The files of a run's changes as the map needs them: by their path in the base, so that a file that one variation renamed and another one edited
 * is one file. Files come in the order of their first change. `files` of all pages together.
 */
export function groupChanges(variations: ChangesResponse["variations"], files: ChangesResponse["files"]): ChangedFile[] {
  const byPath = new Map<string, ChangedFile>();
  for (const { path, variations: changes } of files) {
    changes.forEach((change, variation) => {
      if (change === null) return;
      const origin = change.status === "renamed" ? (change.old_path ?? path) : path;
      const file = byPath.get(origin) ?? untouched(origin, variations);
      byPath.set(origin, file);
      if (change.status !== "added") file.inBase = true;
      file.variations[variation] = versionOf(change, path === origin ? undefined : path);
    });
  }
  return [...byPath.values()];
}

type Change = NonNullable<ChangesResponse["files"][number]["variations"][number]>;

function untouched(path: string, variations: ChangesResponse["variations"]): ChangedFile {
  return { path, inBase: false, variations: variations.map(({ commit }) => ({ kind: commit === null ? "unknown" : "untouched" })) };
}

function versionOf({ status, new_blob, new_mode, binary }: Change, path: string | undefined): ChangedVersion {
  if (status === "deleted" || new_blob === null) return { kind: "deleted" };
  return { kind: "blob", blob: new_blob, lines: !binary && FILE_MODES.has(new_mode), path, mode: new_mode ?? undefined };
}
