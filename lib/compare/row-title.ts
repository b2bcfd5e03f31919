import type { Row } from "./rows";

/** A declaration in one of the common languages: what it is, and its name. */
const declaration =
  /\b(function|class|interface|type|enum|struct|trait|impl|module|namespace|def|func|fn|const|let|var)\s*\*?\s+(?:\([^)]{0,80}\)\s*)?([A-Za-z_$][\w$]{0,60})/;
const callable = new Set(["function", "def", "func", "fn"]);
/** So far up a declaration is looked for that a row may stand in. */
const FAR = 300;

/**
 * What a row of lines is about, in a word or two: the name declared in it, else of what it stands in, else declared in its new text. Undefined
 * where nothing is found: a guess, for people to find their way. `base` are the lines of the file in the base.
 */
export function rowTitle(row: Row, base: readonly string[]): string | undefined {
  if (row.kind !== "lines") return undefined;
  const own = base.slice(row.start, row.end);
  return firstDeclared(own) ?? enclosing(base, row.start, own) ?? firstDeclared(newText(row));
}

function firstDeclared(lines: readonly string[]): string | undefined {
  for (const line of lines.slice(0, FAR)) {
    const name = declared(line);
    if (name !== undefined) return name;
  }
  return undefined;
}

/** The nearest declaration above that is indented less. */
function enclosing(base: readonly string[], start: number, own: readonly string[]): string | undefined {
  let limit = indentOf(own.find((line) => line.trim() !== "") ?? base[start] ?? "");
  for (let at = start - 1; at >= Math.max(0, start - FAR) && limit > 0; at -= 1) {
    const line = base[at] ?? "";
    if (line.trim() === "" || indentOf(line) >= limit) continue;
    limit = indentOf(line);
    const name = declared(line);
    if (name !== undefined) return name;
  }
  return undefined;
}

/** Of the cluster whose id comes first, so that the order of the variations decides nothing. */
function newText({ clusters }: Row): string[] {
  const [first] = [...clusters].sort((one, other) => (one.id < other.id ? -1 : 1));
  return first?.change.kind === "lines" ? first.change.pieces.flatMap(({ lines }) => [...lines]) : [];
}

function declared(line: string): string | undefined {
  const [, word = "", name] = declaration.exec(line.slice(0, 400)) ?? [];
  return name === undefined ? undefined : `${name}${callable.has(word) ? "()" : ""}`;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
