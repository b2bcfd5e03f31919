import type { FileDiffRow } from "../protocol/trees";

const SYMLINK = "120000";
const SUBMODULE = "160000";
const EXECUTABLE = "100755";

/** What is on a side, by git's mode; undefined where nothing is. */
export function entryKind(mode: string | null): "file" | "executable" | "symlink" | "submodule" | undefined {
  switch (mode) {
    case null:
      return undefined;
    case SYMLINK:
      return "symlink";
    case SUBMODULE:
      return "submodule";
    case EXECUTABLE:
      return "executable";
    default:
      return "file";
  }
}

/** True when one of the sides points to a commit elsewhere: there is no content to fetch. */
export function isSubmodule({ old_mode, new_mode }: Pick<FileDiffRow, "old_mode" | "new_mode">): boolean {
  return old_mode === SUBMODULE || new_mode === SUBMODULE;
}

const KIND_WORDS = { file: "an ordinary file", executable: "an executable file", symlink: "a symbolic link", submodule: "a submodule" };

/** What cannot be seen in the lines of a file, from its row alone: a new kind, an executable bit, a rename without a change. */
export function rowFacts(row: FileDiffRow): string[] {
  const [before, after] = [entryKind(row.old_mode), entryKind(row.new_mode)];
  const facts: string[] = [];
  if (row.status === "renamed" && row.old_path !== null) {
    facts.push(`Renamed from ${row.old_path}${row.old_blob === row.new_blob ? ", content unchanged" : ""}.`);
  }
  if (before !== undefined && after !== undefined && before !== after) {
    if (before === "file" && after === "executable") facts.push("Made executable (mode 100644 → 100755).");
    else if (before === "executable" && after === "file") facts.push("No longer executable (mode 100755 → 100644).");
    else facts.push(`Was ${KIND_WORDS[before]}, is now ${KIND_WORDS[after]}.`);
  } else if (after === "symlink" || (after === undefined && before === "symlink"))
    facts.push("A symbolic link: its text is where it points to.");
  else if (before === undefined && after === "executable") facts.push("An executable file.");
  return facts;
}

/** The same, from the texts: emptiness, the end of the file, line breaks, white space. `undefined` is a side without the file. */
export function textFacts(
  left: string | undefined,
  right: string | undefined,
  { ignoreWhitespace }: { ignoreWhitespace: boolean },
): string[] {
  if (left === undefined || right === undefined) {
    const text = left ?? right ?? "";
    if (text === "") return [right === undefined ? "The file was empty." : "The file is empty."];
    return right !== undefined && !text.endsWith("\n") ? ["No line break at the end of the file."] : [];
  }
  if (left === right) return [];
  const facts: string[] = [];
  if (right === "") facts.push("The file is empty now.");
  else if (left === "") facts.push("The file was empty.");
  else {
    const [endsLeft, endsRight] = [left.endsWith("\n"), right.endsWith("\n")];
    if (endsLeft && !endsRight) facts.push("The line break at the end of the file was removed.");
    else if (!endsLeft && endsRight) facts.push("A line break was added at the end of the file.");
    else if (!endsLeft && !endsRight) facts.push("No line break at the end of the file, on both sides.");
    const [breaksLeft, breaksRight] = [lineBreaks(left), lineBreaks(right)];
    if (breaksLeft !== breaksRight) facts.push(`Line breaks changed from ${breaksLeft} to ${breaksRight}.`);
  }
  if (left.startsWith("\uFEFF") !== right.startsWith("\uFEFF")) {
    facts.push(right.startsWith("\uFEFF") ? "A byte order mark was added." : "The byte order mark was removed.");
  }
  if (ignoreWhitespace && trimmed(left) === trimmed(right))
    facts.push("Lines differ in leading and trailing white space only, which is ignored.");
  return facts;
}

function lineBreaks(text: string): "LF" | "CRLF" | "mixed" {
  if (!text.includes("\r\n")) return "LF";
  return /(^|[^\r])\n/.test(text) ? "mixed" : "CRLF";
}

function trimmed(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .join("\n");
}
