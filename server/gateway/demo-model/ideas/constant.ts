import { type FunctionInfo, findFunctions } from "../source/find-functions";
import { rememberBy } from "../source/remember";
import { closingBracket, lineAt } from "../source/scan";
import { applyEdit, type Edit, insertLines, replaceLines, type SourceFile } from "../source/source-file";
import type { Idea } from "./idea";
import { wordsOf } from "./name-words";
import { styleOf } from "./style";

interface Literal {
  text: string;
  name: string;
  /** Offsets in the file. */
  places: number[];
  why: string;
}

const HTTP: Record<string, string> = {
  "200": "OK",
  "201": "CREATED",
  "202": "ACCEPTED",
  "204": "NO_CONTENT",
  "301": "MOVED_PERMANENTLY",
  "302": "FOUND",
  "304": "NOT_MODIFIED",
  "400": "BAD_REQUEST",
  "401": "UNAUTHORIZED",
  "403": "FORBIDDEN",
  "404": "NOT_FOUND",
  "405": "METHOD_NOT_ALLOWED",
  "429": "TOO_MANY_REQUESTS",
  "500": "INTERNAL_SERVER_ERROR",
};
const MOST_PLACES = 8;

/** Numbers and repeated strings that deserve a name. */
export const proposeConstants = rememberBy((file: SourceFile): readonly Idea[] => {
  if (file.language === "rust") return [];
  const literals = [...numbers(file), ...strings(file)];
  return literals.flatMap((literal) => {
    const name = spelled(literal.name, file.language);
    if (new RegExp(`\\b${name}\\b`).test(file.text)) return [];
    const edits = named(file, literal, name);
    if (edits === undefined) return [];
    return [
      {
        kind: "constant",
        key: `constant ${file.path} ${name}`,
        path: file.path,
        edits,
        files: [],
        plan: `give ${literal.text.length > 50 ? "a repeated string" : `\`${literal.text}\``} a name, \`${name}\``,
        why: literal.why,
      } satisfies Idea,
    ];
  });
});

function spelled(name: string, language: SourceFile["language"]): string {
  if (language !== "go") return name;
  const camel = name.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return camel;
}

function numbers(file: SourceFile): Literal[] {
  const found = new Map<string, Literal>();
  for (const info of findFunctions(file)) {
    for (let line = info.bodyLine; line < info.endLine; line += 1) {
      const code = file.codeLines[line] ?? "";
      const start = file.codeLines.slice(0, line).join("\n").length + (line === 0 ? 0 : 1);
      // A declared type would have to be given to the constant too.
      for (const match of code.matchAll(/([A-Za-z_$][\w$]*)\s*(===?|!==?|>=?|<=?|=|\?\?|\|\|)\s*(\d{2,9})(?![\w.])/g)) {
        const [whole, left = "", operator = "", text = ""] = match;
        const name = nameOf(left, operator, text);
        if (name === undefined || /^\s*(const|final|static)\b/.test(code)) continue;
        const at = start + match.index + whole.length - text.length;
        const known = found.get(name);
        if (known?.text === text) known.places.push(at);
        else if (known === undefined)
          found.set(name, { text, name, places: [at], why: "A number in the middle of the code does not say what it stands for." });
      }
    }
  }
  return [...found.values()].filter(({ places }) => places.length <= MOST_PLACES);
}

function nameOf(left: string, operator: string, text: string): string | undefined {
  const words = wordsOf(left).join("_").toUpperCase();
  if (words.length < 3 || /^(10|16|32|64)$/.test(text)) return undefined;
  const meaning = HTTP[text];
  if (/STATUS|CODE/.test(words) && meaning !== undefined) return `HTTP_${meaning}`;
  if (/^[<>]/.test(operator)) return words.startsWith("MAX") || words.startsWith("MIN") ? undefined : `${words}_LIMIT`;
  if (operator === "=" || operator === "??" || operator === "||") return words.startsWith("DEFAULT") ? words : `DEFAULT_${words}`;
  return undefined;
}

function strings(file: SourceFile): Literal[] {
  // A type may be made of strings, and a constant cannot stand for one there.
  if (file.language === "typescript") return [];
  const found = new Map<string, Literal>();
  const ranges = findFunctions(file).map(({ bodyLine, endLine }) => ({ bodyLine, endLine }));
  for (const match of file.code.matchAll(/(["'])( {7,40})\1/g)) {
    const text = file.text.slice(match.index, match.index + match[0].length);
    const line = lineAt(file.code, match.index);
    const inside = ranges.some(({ bodyLine, endLine }) => line >= bodyLine && line <= endLine);
    if (
      !inside ||
      !/^["'][A-Za-z][\w -]*[A-Za-z0-9]["']$/.test(text) ||
      /^["'](use strict|undefined|function|object|string|number|boolean|symbol)["']$/.test(text)
    )
      continue;
    const before = file.code.slice(0, match.index).trimEnd();
    const after = file.code.slice(match.index + match[0].length).trimStart();
    const lineText = file.codeLines[line] ?? "";
    const isKey = file.language === "javascript" && after.startsWith(":") && /[{,]$/.test(before);
    // Prefixes, neighbours that are joined, annotations.
    if (isKey || /[\w$"'@]$/.test(file.code.charAt(match.index - 1)) || /^["']/.test(after) || /["']$/.test(before)) continue;
    if (
      /\b(import|require|Literal|cast|TypeVar|__all__|__slots__)\b|^\s*@/.test(lineText) ||
      (file.language === "python" && /(->|\w:)$/.test(before))
    )
      continue;
    const name = wordsOf(text.slice(1, -1).replace(/-/g, " ")).join("_").toUpperCase();
    if (name.length > 36) continue;
    const known = found.get(name);
    if (known === undefined) found.set(name, { text, name, places: [match.index], why: "" });
    else if (known.text === text) known.places.push(match.index);
  }
  return [...found.values()]
    .filter(({ places }) => places.length >= 3 && places.length <= MOST_PLACES)
    .map((literal) => ({
      ...literal,
      why: `The same text stands in ${literal.places.length} places; a typing error in one of them would go unnoticed.`,
    }))
    .sort((one, other) => other.places.length - one.places.length);
}

/** The declaration and the replaced lines, as edits one after the other. */
function named(file: SourceFile, { text, places }: Literal, name: string): Edit[] | undefined {
  const edits: Edit[] = [];
  let current = file.text;
  const push = (edit: Edit | undefined): boolean => {
    const after = edit === undefined ? undefined : applyEdit(current, edit);
    if (edit === undefined || after === undefined) return false;
    edits.push(edit);
    current = after;
    return true;
  };
  const lines = new Set(places.map((place) => lineAt(file.text, place)));
  for (const line of lines) {
    const start = file.text.split("\n").slice(0, line).join("\n").length + (line === 0 ? 0 : 1);
    let replaced = file.lines[line] ?? "";
    for (const place of places.filter((each) => lineAt(file.text, each) === line).reverse()) {
      replaced = replaced.slice(0, place - start) + name + replaced.slice(place - start + text.length);
    }
    if (!push(replaceLines({ path: file.path, text: current }, line, 1, [replaced]))) return undefined;
  }
  const first = Math.min(...lines);
  const place = declarationPlace(file, first);
  if (place === undefined) return undefined;
  const declaration = declared(file, name, text, place.indent);
  return push(
    insertLines({ path: file.path, text: current }, place.line, [
      ...(place.gapBefore ? [""] : []),
      declaration,
      ...(place.gapAfter ? [""] : []),
    ]),
  )
    ? edits
    : undefined;
}

function declared(file: SourceFile, name: string, text: string, indent: string): string {
  const { semicolon, declare } = styleOf(file);
  switch (file.language) {
    case "python":
      return `${name} = ${text}`;
    case "go":
      return `const ${name} = ${text}`;
    case "java":
      return `${indent}private static final ${/^\d/.test(text) ? "int" : "String"} ${name} = ${text};`;
    default:
      return `${indent}${declare} ${name} = ${text}${semicolon}`;
  }
}

interface Place {
  line: number;
  indent: string;
  gapBefore: boolean;
  gapAfter: boolean;
}

/** In front of the function that uses it first, with its comment; in Java behind the line that opens the class. */
function declarationPlace(file: SourceFile, used: number): Place | undefined {
  if (file.language === "java") {
    const open = /^(?:(?:public|final|abstract|strictfp)\s+)*class\s[^{;]*\{/m.exec(file.code);
    if (open === null) return undefined;
    const line = lineAt(file.code, open.index + open[0].length - 1) + 1;
    return {
      line,
      indent: file.indent,
      gapBefore: (file.lines[line] ?? "").trim() !== "" ? false : true,
      gapAfter: (file.lines[line] ?? "").trim() !== "",
    };
  }
  const outer = findFunctions(file)
    .filter(({ bodyLine, endLine }) => used >= bodyLine && used <= endLine)
    .sort((one, other) => one.startLine - other.startLine)[0];
  if (outer === undefined || (outer.indent !== "" && file.language !== "javascript")) return topOf(file, outer);
  if (outer.indent === "" || isInWrapper(file, outer)) return safeBefore(file, outer);
  return undefined;
}

/** A method's constant belongs in front of its class. */
function topOf(file: SourceFile, inner: FunctionInfo | undefined): Place | undefined {
  if (inner === undefined) return undefined;
  for (let line = inner.startLine; line >= 0; line -= 1) {
    if (/^(class|export\s+(default\s+)?(abstract\s+)?class)\b/.test(file.codeLines[line] ?? "")) {
      return { line: aboveComments(file, line), indent: "", gapBefore: false, gapAfter: true };
    }
  }
  return undefined;
}

/** A whole file inside of one function, as old modules have it. */
function isInWrapper(file: SourceFile, { indent }: FunctionInfo): boolean {
  const open = /^[;!(]*\s*\(?function\s*\([^)]*\)\s*\{/m.exec(file.code);
  if (open === null || indent !== file.indent) return false;
  const brace = open.index + open[0].length - 1;
  return lineAt(file.code, closingBracket(file.code, brace)) > file.lines.length - 4;
}

function safeBefore(file: SourceFile, { name, startLine, indent }: FunctionInfo): Place | undefined {
  // Called further up, a function would run before the constant has its value.
  const isScript = file.language === "javascript" || file.language === "typescript" || file.language === "python";
  const above = file.codeLines.slice(0, startLine);
  const called = above.some((line) => new RegExp(`^${indent}(?![ \\t]).*\\b${name.replaceAll("$", "\\$")}\\(`).test(line));
  if (isScript && called) return undefined;
  return { line: aboveComments(file, startLine), indent, gapBefore: false, gapAfter: true };
}

function aboveComments(file: SourceFile, from: number): number {
  let line = from;
  while (line > 0 && (file.lines[line - 1] ?? "").trim() !== "" && (file.codeLines[line - 1] ?? "").trim() === "") line -= 1;
  while (line > 0 && /^\s*@/.test(file.codeLines[line - 1] ?? "")) line -= 1;
  return line;
}
