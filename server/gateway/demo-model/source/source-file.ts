import { type Language, maskSource } from "./mask-source";

/** A file as a tool showed it. */
export interface TextFile {
  path: string;
  text: string;
}

/** A source file that the demo model dares to edit. */
export interface SourceFile extends TextFile {
  language: Language;
  /** `text` without comments and the insides of strings, at the same offsets. */
  code: string;
  lines: string[];
  codeLines: string[];
  /** What one level of indentation is here. */
  indent: string;
  /** `\r` where lines end with CRLF. */
  cr: "" | "\r";
}

/** Exact replacement, as the `edit` tool does it: `old` is in the file once. */
export interface Edit {
  path: string;
  old: string;
  new: string;
}

const LANGUAGES: readonly [RegExp, Language][] = [
  [/\.[cm]?js$/, "javascript"],
  [/\.[cm]?ts$/, "typescript"],
  [/\.py$/, "python"],
  [/\.go$/, "go"],
  [/\.rs$/, "rust"],
  [/\.java$/, "java"],
];

/** By the file's name; undefined for what the demo model has no tricks for, declarations included. */
export function languageOf(path: string): Language | undefined {
  return /\.d\.[cm]?ts$/.test(path) ? undefined : LANGUAGES.find(([pattern]) => pattern.test(path))?.[1];
}

const REMEMBERED = 60;
const opened = new Map<string, SourceFile | undefined>();

/** See `readSource`; the same text gives the same object, as long as it is remembered. */
export function openSource(file: TextFile): SourceFile | undefined {
  const key = `${file.path}\n${file.text}`;
  if (!opened.has(key)) {
    const [oldest] = opened.keys();
    if (opened.size >= REMEMBERED && oldest !== undefined) opened.delete(oldest);
    opened.set(key, readSource(file));
  }
  return opened.get(key);
}

/** Undefined where the text is not safely readable: other encodings, generated, minified, or not to be told apart from its strings. */
function readSource({ path, text }: TextFile): SourceFile | undefined {
  const language = languageOf(path);
  if (language === undefined || isOdd(text) || /@generated|DO NOT EDIT|auto-?generated/i.test(text.slice(0, 2_000))) return undefined;
  if (language === "python" && /^\s*print\s+["'\w]|^\s*except\s+\w+\s*,\s*\w+\s*:/m.test(text)) return undefined; // Python 2
  const code = maskSource(text, language);
  if (code === undefined) return undefined;
  const lines = text.split("\n");
  if (lines.some((line) => line.length > 1_000)) return undefined;
  return {
    path,
    text,
    language,
    code,
    lines,
    codeLines: code.split("\n"),
    indent: indentOf(code, language),
    cr: carriageReturn(text),
  };
}

/** The replacement character and control characters are not what the file really holds. */
export function isOdd(text: string): boolean {
  return (
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u2028\u2029\uFFFD]/.test(text) || (text.includes("\r") && carriageReturn(text) === "")
  );
}

/** `\r` where every line ends with it. */
export function carriageReturn(text: string): "" | "\r" {
  const ends = text.split("\n").length - 1;
  return ends > 0 && text.split("\r\n").length - 1 === ends && text.split("\r").length - 1 <= ends + 1 ? "\r" : "";
}

function indentOf(code: string, language: Language): string {
  const starts = code.split("\n").flatMap((line) => /^([ \t]+)\S/.exec(line)?.[1] ?? []);
  if (starts.some((start) => start.startsWith("\t"))) return "\t";
  const widths = starts.map(({ length }) => length).filter((width) => width > 1);
  if (widths.length === 0) return language === "go" ? "\t" : language === "javascript" || language === "typescript" ? "  " : "    ";
  return " ".repeat([4, 2, 3, 8].find((width) => widths.filter((each) => each % width === 0).length > widths.length * 0.9) ?? 2);
}

/** Replaces `count` lines from `from` on; as many lines around are taken along as make the place unique. Undefined where nothing does. */
export function replaceLines({ path, text }: TextFile, from: number, count: number, replacement: readonly string[]): Edit | undefined {
  const lines = text.split("\n");
  let first = from;
  let last = from + count;
  for (let widening = 0; widening < 40; widening += 1) {
    const old = lines.slice(first, last).join("\n");
    if (old.trim() !== "" && text.split(old).length === 2) {
      const inner = [...lines.slice(first, from), ...replacement, ...lines.slice(from + count, last)];
      return { path, old, new: inner.join("\n") };
    }
    const grown = last < lines.length && (widening % 2 === 0 || first === 0);
    if (grown) last += 1;
    else if (first > 0) first -= 1;
    else return undefined;
  }
  return undefined;
}

/** Puts lines in front of line `at`; they get the file's own line ends. */
export function insertLines(file: TextFile, at: number, added: readonly string[]): Edit | undefined {
  const cr = carriageReturn(file.text);
  const line = file.text.split("\n")[at];
  if (line === undefined) return undefined;
  return replaceLines(file, at, 1, [...added.map((each) => each + cr), line]);
}

/** What the `edit` tool will make of it; undefined where it would refuse. */
export function applyEdit(text: string, { old, new: replacement }: Edit): string | undefined {
  const parts = text.split(old);
  return parts.length === 2 ? parts.join(replacement) : undefined;
}
