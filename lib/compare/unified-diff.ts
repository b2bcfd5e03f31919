import { splitLines } from "./lines";

/** A hunk of a unified diff: where it starts in the old file (1-based; the line before it where it only adds), and its lines with their sign. */
export interface UnifiedHunk {
  oldStart: number;
  oldLines: number;
  /** Each begins with a blank, `-` or `+` and ends as in the file, so without a terminator where the file ends without one. */
  lines: readonly string[];
}

const HEADER = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/;

/** The hunks of one file's part of a unified diff, as `git diff` prints it. Throws where a hunk is shorter than its header says. */
export function parseUnifiedDiff(diff: string): UnifiedHunk[] {
  const printed = splitLines(diff);
  const hunks: UnifiedHunk[] = [];
  for (let at = 0; at < printed.length; ) {
    const header = HEADER.exec(printed[at] ?? "");
    at += 1;
    if (header === null) continue;
    const oldLines = Number(header[2] ?? 1);
    let [oldLeft, newLeft] = [oldLines, Number(header[3] ?? 1)];
    const lines: string[] = [];
    while (oldLeft > 0 || newLeft > 0 || printed[at]?.startsWith("\\") === true) {
      const line = printed[at];
      const sign = line?.[0];
      if (line === undefined || !["-", "+", " ", "\\"].includes(sign ?? "")) {
        throw new Error(`The hunk at line ${header[1]} of the old file ends too early: give the diff as git printed it.`);
      }
      at += 1;
      // "\ No newline at end of file" is about the line above it.
      if (sign === "\\") {
        lines.push((lines.pop() ?? "").replace(/\n$/, ""));
        continue;
      }
      lines.push(line);
      if (sign !== "+") oldLeft -= 1;
      if (sign !== "-") newLeft -= 1;
    }
    hunks.push({ oldStart: Number(header[1]), oldLines, lines });
  }
  return hunks;
}

/**
 * The new text, from the old one and the hunks of a unified diff. This is how a diff made elsewhere becomes a map: its text is compared again, so
 * that all variations are aligned in one way, whatever algorithm and context the diff had. Throws where a hunk does not fit the old text.
 */
export function applyHunks(oldText: string, hunks: readonly UnifiedHunk[]): string {
  const old = splitLines(oldText);
  const result: string[] = [];
  let at = 0;
  for (const { oldStart, oldLines, lines } of hunks) {
    const start = oldLines === 0 ? oldStart : oldStart - 1;
    if (start < at || start > old.length) throw new Error(`The hunk at line ${oldStart} is out of order or beyond the end of the file.`);
    for (; at < start; at += 1) result.push(old[at] ?? "");
    for (const line of lines) {
      const text = line.slice(1);
      if (line.startsWith("+")) result.push(text);
      else if (old[at] !== text) throw new Error(`The diff does not fit: line ${at + 1} of the base is another one.`);
      else {
        if (line.startsWith(" ")) result.push(text);
        at += 1;
      }
    }
  }
  for (; at < old.length; at += 1) result.push(old[at] ?? "");
  return result.join("");
}
