import type { FunctionInfo, Parameter } from "./find-functions";
import { closingBracket, lineAbove, lineAt, splitAtCommas } from "./scan";
import type { SourceFile } from "./source-file";

const DEF = /^([ \t]*)(async[ \t]+)?def[ \t]+([A-Za-z_]\w*)[ \t]*\(/gm;

/** Functions and methods whose body begins on the next line. */
export function findPythonFunctions(file: SourceFile): FunctionInfo[] {
  return [...file.code.matchAll(DEF)].flatMap((match) => {
    const [whole, indent = "", isAsync, name = ""] = match;
    const close = closingBracket(file.code, match.index + whole.length - 1);
    const lineEnd = file.code.indexOf("\n", close);
    if (close < 0 || lineEnd < 0) return [];
    const after = file.code.slice(close + 1, lineEnd).trim();
    if (!after.endsWith(":")) return [];
    const headLine = lineAt(file.code, match.index + indent.length);
    const bodyLine = lineAt(file.code, lineEnd) + 1;
    const endLine = endOfBody(file, bodyLine, indent);
    const bodyIndent = /^[ \t]*/.exec(file.lines.slice(bodyLine).find((line) => line.trim() !== "") ?? "")?.[0] ?? "";
    if (bodyIndent.length <= indent.length || !bodyIndent.startsWith(indent) || endLine < bodyLine) return [];
    const parameters = splitAtCommas(file.code.slice(match.index + whole.length, close)).map(parameterOf);
    const star = parameters.findIndex((parameter) => parameter.name === "*");
    const above = lineAbove(file.codeLines, headLine, /^\s*@/);
    const decorated = above.line + 1 < headLine || above.text === ")";
    const first = (file.lines[bodyLine] ?? "").trim();
    const info: FunctionInfo = {
      name,
      isPublic: !name.startsWith("_"),
      isPlain: !decorated && star < 0,
      isAsync: isAsync !== undefined,
      parameters: parameters.filter((parameter) => !/^[*/]$/.test(parameter.name)),
      returns: /^->\s*(.+):$/s.exec(after)?.[1]?.trim(),
      documented: /^[rRuUbB]{0,2}("""|'''|"|')/.test(first),
      startLine: above.line + 1,
      headLine,
      bodyLine,
      endLine,
      indent,
      bodyIndent,
      ...(indent === "" ? {} : { owner: ownerOf(file, headLine, indent) }),
    };
    return first === "" ? [] : [info];
  });
}

function parameterOf(text: string): Parameter {
  const [, star = "", name = text, type, initial] = /^(\*{0,2})(\w+)\s*(?::\s*([^=]+?))?\s*(=.*)?$/s.exec(text) ?? [];
  const optional = star !== "" || initial !== undefined || name === "self" || name === "cls";
  return { name, ...(type === undefined ? {} : { type: type.trim().replace(/\s+/g, " ") }), optional };
}

function endOfBody(file: SourceFile, from: number, indent: string): number {
  let end = from - 1;
  for (let line = from; line < file.codeLines.length; line += 1) {
    const text = file.codeLines[line] ?? "";
    const own = file.lines[line] ?? "";
    if (own.trim() === "") continue;
    const depth = /^[ \t]*/.exec(text)?.[0].length ?? 0;
    // Inside of a string or a comment, what is blank in the code says nothing.
    if (text.trim() !== "" && depth <= indent.length) break;
    end = line;
  }
  return end;
}

function ownerOf(file: SourceFile, headLine: number, indent: string): string {
  for (let line = headLine - 1; line >= 0; line -= 1) {
    const [, depth, keyword, name] = /^([ \t]*)(class|def|async def)[ \t]+(\w+)/.exec(file.codeLines[line] ?? "") ?? [];
    if (depth !== undefined && depth.length < indent.length) return keyword === "class" ? (name ?? "?") : "?";
  }
  return "?";
}
