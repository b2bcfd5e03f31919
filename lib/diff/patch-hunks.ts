/** A line of a hunk: its number in the old and in the new file, from 1, as far as it is in them, and its text without the end. */
export interface PatchLine {
  kind: "added" | "deleted" | "kept";
  old?: number;
  new?: number;
  text: string;
}

/** A text file of a diff. */
export interface PatchFile {
  /** As it is called afterwards; before, where it was deleted. */
  path: string;
  deleted: boolean;
  hunks: PatchLine[][];
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** Every file with hunks of a diff as `git diff` prints it: binary files, and those of which only name or mode changed, are left out. */
export function patchFiles(patch: string): PatchFile[] {
  const files: PatchFile[] = [];
  const printed = patch.split("\n");
  let current: PatchFile | undefined;
  let before: string | undefined;
  for (let at = 0; at < printed.length; at += 1) {
    const line = printed[at] ?? "";
    if (line.startsWith("diff --git ")) [current, before] = [undefined, undefined];
    else if (line.startsWith("--- ")) before = pathOf(line.slice(4), "a/");
    else if (line.startsWith("+++ ")) {
      const after = pathOf(line.slice(4), "b/");
      const path = after ?? before;
      current = path === undefined ? undefined : { path, deleted: after === undefined, hunks: [] };
      if (current !== undefined) files.push(current);
    }
    const head = current === undefined ? null : HUNK.exec(line);
    if (head === null || current === undefined) continue;
    const hunk: PatchLine[] = [];
    let [old, oldLeft, number, newLeft] = [Number(head[1]), Number(head[2] ?? 1), Number(head[3]), Number(head[4] ?? 1)];
    // By its header's count: a removed line may look like the beginning of a file.
    while ((oldLeft > 0 || newLeft > 0) && at + 1 < printed.length) {
      at += 1;
      const raw = printed[at] ?? "";
      if (raw.startsWith("\\")) continue;
      const text = raw.slice(1).replace(/\r$/, "");
      if (raw.startsWith("+")) hunk.push({ kind: "added", new: number, text });
      else if (raw.startsWith("-")) hunk.push({ kind: "deleted", old, text });
      else hunk.push({ kind: "kept", old, new: number, text });
      if (!raw.startsWith("-")) [number, newLeft] = [number + 1, newLeft - 1];
      if (!raw.startsWith("+")) [old, oldLeft] = [old + 1, oldLeft - 1];
    }
    current.hunks.push(hunk);
  }
  return files;
}

/** `b/path`, in quotes with C's escapes where it holds odd characters; a tab ends it where it holds blanks. Undefined for `/dev/null`. */
function pathOf(name: string, side: "a/" | "b/"): string | undefined {
  const plain = name.startsWith('"') ? unquoted(name) : name.replace(/\t$/, "");
  return plain.startsWith(side) ? plain.slice(2) : undefined;
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
