import { stripAnsi } from "@/lib/strip-ansi";

export interface DiffLine {
  kind: "add" | "delete" | "context" | "hunk";
  text: string;
}

/** The lines of a unified diff without its file headers: the row above says which file it is. */
export function diffLines(diff: string): DiffLine[] {
  const lines = stripAnsi(diff).trimEnd().split("\n");
  // A diff without hunk marks is a body only, and "--- x" in it a deleted line.
  const marked = lines.some((line) => line.startsWith("@@"));
  let inHeader = marked;
  const shown: DiffLine[] = [];
  for (const line of lines) {
    if (line.startsWith("@@")) inHeader = false;
    else if (line.startsWith("diff --git ")) inHeader = marked;
    if (!inHeader) shown.push({ kind: kindOf(line), text: line });
  }
  // One hunk at the top says nothing that the row above does not.
  const hunks = shown.filter(({ kind }) => kind === "hunk").length;
  return hunks === 1 ? shown.filter(({ kind }) => kind !== "hunk") : shown;
}

function kindOf(line: string): DiffLine["kind"] {
  if (line.startsWith("@@")) return "hunk";
  if (line.startsWith("+")) return "add";
  return line.startsWith("-") ? "delete" : "context";
}
