import type { FunctionInfo, Parameter } from "./find-functions";
import type { SourceFile } from "./source-file";

const CLOSING: Record<string, string> = { "(": ")", "{": "}", "[": "]" };

/** The offset of the bracket that closes the one at `open` in masked code, or -1. */
export function closingBracket(code: string, open: number): number {
  const opening = code.charAt(open);
  const closing = CLOSING[opening];
  let depth = 0;
  for (let at = open; at < code.length; at += 1) {
    const char = code.charAt(at);
    if (char === opening) depth += 1;
    else if (char === closing) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

/** Splits at commas that stand in no bracket; type arguments count as brackets. */
export function splitAtCommas(code: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  for (let at = 0; at < code.length; at += 1) {
    const char = code.charAt(at);
    if ("([{<".includes(char)) depth += 1;
    else if (")]}".includes(char) || (char === ">" && code.charAt(at - 1) !== "=" && code.charAt(at - 1) !== "-")) depth -= 1;
    if (char === "," && depth === 0) {
      parts.push(part);
      part = "";
    } else part += char;
  }
  return [...parts, part].map((each) => each.trim()).filter((each) => each !== "");
}

/** The number of the line that holds this offset. */
export function lineAt(code: string, offset: number): number {
  let line = 0;
  for (let at = code.indexOf("\n"); at >= 0 && at < offset; at = code.indexOf("\n", at + 1)) line += 1;
  return line;
}

interface Head {
  /** Offset of the match. */
  at: number;
  /** Offset of the parenthesis that opens the parameters. */
  paren: number;
  indent: string;
}

/** What languages with braces share: from the parameters to the closing brace. Undefined where the body does not begin on a line of its own. */
export function bracedFunction(
  file: SourceFile,
  { at, paren, indent }: Head,
  parameter: (text: string) => Parameter | undefined,
): (Pick<FunctionInfo, "parameters" | "headLine" | "bodyLine" | "endLine" | "indent" | "bodyIndent"> & { between: string }) | undefined {
  const close = closingBracket(file.code, paren);
  if (close < 0) return undefined;
  const parameters = splitAtCommas(file.code.slice(paren + 1, close)).map(parameter);
  if (parameters.some((each) => each === undefined)) return undefined;
  const lineEnd = file.code.indexOf("\n", close);
  const rest = file.code.slice(close + 1, lineEnd < 0 ? undefined : lineEnd).trimEnd();
  if (!rest.endsWith("{") || lineEnd < 0) return undefined;
  const brace = close + 1 + rest.length - 1;
  const end = closingBracket(file.code, brace);
  if (end < 0) return undefined;
  const bodyLine = lineAt(file.code, brace) + 1;
  const endLine = lineAt(file.code, end);
  const first = file.codeLines.slice(bodyLine, endLine).find((line) => line.trim() !== "");
  if (first === undefined) return undefined;
  const bodyIndent = /^[ \t]*/.exec(first)?.[0] ?? "";
  // Not laid out as usual.
  if (!bodyIndent.startsWith(indent) || bodyIndent === indent) return undefined;
  return {
    parameters: parameters.filter((each) => each !== undefined),
    between: rest.slice(0, -1).trim(),
    headLine: lineAt(file.code, at),
    bodyLine,
    endLine,
    indent,
    bodyIndent,
  };
}

/** The last line above `line` that is none of those that `skip` matches. */
export function lineAbove(lines: readonly string[], line: number, skip: RegExp): { line: number; text: string } {
  let above = line - 1;
  while (above >= 0 && skip.test(lines[above] ?? "")) above -= 1;
  return { line: above, text: (lines[above] ?? "").trim() };
}
