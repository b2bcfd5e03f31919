import type { FunctionInfo, Parameter } from "./find-functions";
import { bracedFunction, lineAbove } from "./scan";
import type { SourceFile } from "./source-file";

const DECLARED = /^([ \t]*)(export\s+(?:default\s+)?)?(async\s+)?function\s*(\*)?\s*([A-Za-z_$][\w$]*)\s*(<[^\n(]*>)?\s*\(/gm;
const ARROW = /^([ \t]*)(export\s+)?const\s+([A-Za-z_$][\w$]*)\s*=\s*(async\s*)?\(/gm;

/** Declared functions and arrow functions that are constants. */
export function findJavascriptFunctions(file: SourceFile): FunctionInfo[] {
  const exported = exportedNames(file.code);
  const found: FunctionInfo[] = [];
  for (const match of file.code.matchAll(DECLARED)) {
    const [whole, indent = "", exporting, isAsync, generator, name = "", generic] = match;
    const head = bracedFunction(file, { at: match.index + indent.length, paren: match.index + whole.length - 1, indent }, parameterOf);
    if (head === undefined || (head.between !== "" && !head.between.startsWith(":"))) continue;
    const isPublic = exporting !== undefined || exported.has(name);
    found.push(
      complete(file, head, { name, isPublic, isAsync: isAsync !== undefined, isPlain: generator === undefined && generic === undefined }),
    );
  }
  for (const match of file.code.matchAll(ARROW)) {
    const [whole, indent = "", exporting, name = "", isAsync] = match;
    const head = bracedFunction(file, { at: match.index + indent.length, paren: match.index + whole.length - 1, indent }, parameterOf);
    if (head === undefined || !head.between.endsWith("=>")) continue;
    const isPublic = exporting !== undefined || exported.has(name);
    const info = complete(file, head, { name, isPublic, isAsync: isAsync !== undefined, isPlain: true });
    found.push(info);
  }
  return found.sort((one, other) => one.startLine - other.startLine);
}

function complete(
  file: SourceFile,
  { between, ...head }: NonNullable<ReturnType<typeof bracedFunction>>,
  facts: Pick<FunctionInfo, "name" | "isPublic" | "isAsync" | "isPlain">,
): FunctionInfo {
  const above = lineAbove(file.lines, head.headLine, /^\s*@\w/);
  const returns = between.replace(/=>$/, "").replace(/^:/, "").trim();
  // An overload's implementation is documented at its first signature.
  const overloaded = new RegExp(`\\bfunction\\s+${facts.name.replaceAll("$", "\\$")}\\b[^{]*;\\s*$`, "m").test(file.code);
  const documented = above.text.endsWith("*/") || above.text.startsWith("//") || overloaded;
  return {
    ...head,
    ...facts,
    isPlain: facts.isPlain && !overloaded,
    documented,
    startLine: above.line + 1,
    ...(returns === "" ? {} : { returns }),
  };
}

function parameterOf(text: string): Parameter | undefined {
  const match = /^(\.\.\.)?([A-Za-z_$][\w$]*)(\?)?\s*(?::\s*([^=]*(?:=>[^=]*)*))?(=[^>].*)?$/s.exec(text);
  if (match === null) return /^[{[]/.test(text) ? { name: "", optional: true } : undefined;
  const [, rest, name = "", optional, type, initial] = match;
  const own = type?.trim().replace(/\s+/g, " ");
  return {
    name,
    ...(own === undefined || own === "" ? {} : { type: own }),
    optional: rest !== undefined || optional !== undefined || initial !== undefined || name === "this",
    defaulted: rest !== undefined || initial !== undefined,
  };
}

/** Names that leave the file by a list or by CommonJS. */
function exportedNames(code: string): Set<string> {
  const names = new Set<string>();
  for (const [, list = ""] of code.matchAll(/(?:^|\n)\s*(?:export|module\.exports\s*=)\s*\{([^}]*)\}/g)) {
    for (const part of list.split(",")) {
      const [, name] = /^\s*([A-Za-z_$][\w$]*)\s*(?:as\s+\w+\s*)?$/.exec(part) ?? [];
      if (name !== undefined) names.add(name);
    }
  }
  for (const [, name = ""] of code.matchAll(/\bexports(?:\.[\w$]+)?\s*=\s*([A-Za-z_$][\w$]*)\s*;?\s*$/gm)) names.add(name);
  for (const [, name = ""] of code.matchAll(/^\s*export\s+default\s+([A-Za-z_$][\w$]*)\s*;?\s*$/gm)) names.add(name);
  return names;
}
