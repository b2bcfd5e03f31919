/** Lines that a diff adds to one file. */
export interface AddedFile {
  /** As it is called afterwards. */
  path: string;
  /** Number in the new file, from 1, and the line without its end. */
  lines: { number: number; text: string }[];
}

const HUNK = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** The added lines of every text file of a diff as `git diff` prints it; files without any are left out. */
export function addedLines(patch: string): AddedFile[] {
  const files: AddedFile[] = [];
  const printed = patch.split("\n");
  let current: AddedFile | undefined;
  for (let at = 0; at < printed.length; at += 1) {
    const line = printed[at] ?? "";
    if (line.startsWith("diff --git ")) current = undefined;
    else if (line.startsWith("+++ ")) {
      const path = pathOf(line.slice(4));
      current = path === undefined ? undefined : { path, lines: [] };
      if (current !== undefined) files.push(current);
    }
    const hunk = current === undefined ? null : HUNK.exec(line);
    if (hunk === null || current === undefined) continue;
    let [oldLeft, number, newLeft] = [Number(hunk[1] ?? 1), Number(hunk[2]), Number(hunk[3] ?? 1)];
    // By its header's count: a removed line may look like the beginning of a file.
    while ((oldLeft > 0 || newLeft > 0) && at + 1 < printed.length) {
      at += 1;
      const text = printed[at] ?? "";
      if (text.startsWith("\\")) continue;
      if (text.startsWith("+")) current.lines.push({ number, text: text.slice(1).replace(/\r$/, "") });
      if (!text.startsWith("-")) [number, newLeft] = [number + 1, newLeft - 1];
      if (!text.startsWith("+")) oldLeft -= 1;
    }
  }
  return files.filter(({ lines }) => lines.length > 0);
}

/** `b/path`, in quotes with C's escapes where it holds odd characters; a tab ends it where it holds blanks. Undefined for a deleted file. */
function pathOf(name: string): string | undefined {
  const plain = name.startsWith('"') ? unquoted(name) : name.replace(/\t$/, "");
  return plain.startsWith("b/") ? plain.slice(2) : undefined;
}

const escapes: Record<string, number> = { n: 10, t: 9, r: 13, a: 7, b: 8, f: 12, v: 11, '"': 34, "\\": 92 };

function unquoted(name: string): string {
  const bytes: number[] = [];
  const inner = name.slice(1, name.lastIndexOf('"'));
  for (const [whole, octal, letter] of inner.matchAll(/\\(?:([0-7]{3})|(.))|[^\\]+/g)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else if (letter !== undefined) bytes.push(escapes[letter] ?? letter.charCodeAt(0));
    else bytes.push(...new TextEncoder().encode(whole));
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
