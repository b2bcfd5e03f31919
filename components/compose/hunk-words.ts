import type { ClusterOutline, RowOutline } from "@/lib/compare/outline";
import type { Tick } from "@/lib/compare/ticks";
import { andList, letterList } from "@/lib/run/letters";

/** `6–14`, `after 5`, `whole file`. */
export function placeOf({ kind, start, end }: Pick<RowOutline, "kind" | "start" | "end">, inBase = true): string {
  if (!inBase && kind === "lines") return "new";
  if (kind !== "lines") return "whole file";
  if (start === end) return start === 0 ? "at the top" : `after ${start}`;
  return end - start === 1 ? String(end) : `${start + 1}–${end}`;
}

/** Modes as git writes them. */
const modeWords: Record<string, string> = {
  "100644": "makes it a plain file",
  "100755": "makes it executable",
  "120000": "makes it a symbolic link",
  "160000": "makes it a submodule",
};

/** What a hunk is about, in a few words. */
export function hunkTitle(row: RowOutline, cluster: ClusterOutline, inBase: boolean): string {
  switch (cluster.kind) {
    case "deleted":
      return "deletes the file";
    case "content":
      return inBase ? "another content" : "a file without lines";
    case "path":
      return `moves it to ${cluster.detail ?? "another place"}`;
    case "mode":
      return modeWords[cluster.detail ?? ""] ?? `mode ${cluster.detail ?? ""}`;
    case "lines":
      return row.title ?? (inBase ? "changes lines" : "new file");
  }
}

/** `A 6–14 and B 17–24`. */
export function namesOf(ticks: readonly Tick[], inBase: boolean): string {
  const names = ticks.map(({ row, cluster }) => `${letterList(cluster.variations)} ${placeOf(row, inBase)}`);
  return andList(names);
}
