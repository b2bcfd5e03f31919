import type { FunctionInfo, Parameter } from "./find-functions";
import { bracedFunction, lineAbove } from "./scan";
import type { SourceFile } from "./source-file";

const METHOD =
  /^([ \t]+)((?:(?:public|protected|private|static|final|synchronized|abstract|default)\s+)*)(<[^\n(]+>\s+)?((?:[\w.]+(?:<[^\n(]*>)?(?:\[\])*)\s+)?(\w+)\s*\(/gm;
const NOT_A_TYPE = /^(return|new|else|throw|case|assert|yield|package|import)$/;

/** Methods and constructors. */
export function findJavaFunctions(file: SourceFile): FunctionInfo[] {
  const owner = /^[ \t]*(?:(?:public|final|abstract|sealed|strictfp)\s+)*(?:class|interface|enum|record)\s+(\w+)/m.exec(file.code)?.[1];
  const isOpen = owner !== undefined && new RegExp(`\\bpublic\\s[^;{(]*\\b${owner}\\b`).test(file.code);
  return [...file.code.matchAll(METHOD)].flatMap((match) => {
    const [whole, indent = "", modifiers = "", generic, type, name = ""] = match;
    const isConstructor = type === undefined && name === owner;
    if ((type === undefined && !isConstructor) || NOT_A_TYPE.test((type ?? "").trim())) return [];
    const head = bracedFunction(file, { at: match.index + indent.length, paren: match.index + whole.length - 1, indent }, parameterOf);
    if (head === undefined || !/^(throws\s[\w\s,.]+)?$/.test(head.between)) return [];
    const { between: _, ...lines } = head;
    const above = lineAbove(file.lines, head.headLine, /^\s*@\w/);
    const annotations = file.lines.slice(above.line + 1, head.headLine).join("\n");
    return [
      {
        ...lines,
        name,
        ...(owner === undefined ? {} : { owner }),
        isPublic: /\bpublic\b/.test(modifiers) && isOpen && indent === file.indent,
        // Documentation of an override is inherited.
        documented:
          above.text.endsWith("*/") || above.text.startsWith("//") || annotations.includes("@Override") || above.text.endsWith(")"),
        isPlain: generic === undefined && !isConstructor && /\bstatic\b/.test(modifiers) && indent === file.indent,
        isAsync: false,
        ...(type === undefined ? {} : { returns: type.trim() }),
        startLine: above.line + 1,
      },
    ];
  });
}

function parameterOf(text: string): Parameter | undefined {
  const match = /^(?:(?:final|@\w+(?:\([^)]*\))?)\s+)*([\w.]+(?:<.*>)?(?:\[\])*)(\.\.\.)?\s+(\w+)$/s.exec(text);
  if (match === null) return { name: "", optional: true };
  return { name: match[3] ?? "", type: `${match[1] ?? ""}${match[2] ?? ""}`.replace(/\s+/g, " "), optional: match[2] !== undefined };
}
