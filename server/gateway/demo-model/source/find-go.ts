import type { FunctionInfo, Parameter } from "./find-functions";
import { bracedFunction, lineAbove, splitAtCommas } from "./scan";
import type { SourceFile } from "./source-file";

const FUNC = /^func\s+(?:\(\s*(?:\w+\s+)?(\*?\w+)(\[[^\]]*\])?\s*\)\s*)?([A-Za-z_]\w*)(\[[^\]\n]*\])?\(/gm;

/** Functions and methods at the top level. */
export function findGoFunctions(file: SourceFile): FunctionInfo[] {
  return [...file.code.matchAll(FUNC)].flatMap((match) => {
    const [whole, owner, ownerTypes, name = "", types] = match;
    const head = bracedFunction(file, { at: match.index, paren: match.index + whole.length - 1, indent: "" }, (text) => ({
      name: text,
      optional: false,
    }));
    if (head === undefined) return [];
    const { between, ...lines } = head;
    const above = lineAbove(file.lines, head.headLine, /^\/\/(go:|line )/);
    return [
      {
        ...lines,
        parameters: namedParameters(head.parameters.map((parameter) => parameter.name)),
        name,
        ...(owner === undefined ? {} : { owner: owner.replace("*", "") }),
        isPublic: /^[A-Z]/.test(name) && (owner === undefined || /^\*?[A-Z]/.test(owner)),
        isPlain: types === undefined && ownerTypes === undefined,
        isAsync: false,
        ...(between === "" ? {} : { returns: between }),
        documented: above.text.startsWith("//") || above.text.endsWith("*/"),
        startLine: above.line + 1,
      },
    ];
  });
}

/** `a, b int` gives both the type; parameters without a name are not spoken of. */
function namedParameters(parts: readonly string[]): Parameter[] {
  const split = parts.map((part) => /^(\w+)(?:\s+(.+))?$/s.exec(part));
  const named = split.some((part) => part?.[2] !== undefined);
  if (!named) return parts.map((type) => ({ name: "", type, optional: true }));
  let type: string | undefined;
  return split
    .map((part, index) => ({ name: part?.[1] ?? parts[index] ?? "", type: part?.[2] }))
    .reverse()
    .map((parameter) => {
      type = parameter.type ?? type;
      return { name: parameter.name, ...(type === undefined ? {} : { type }), optional: type?.startsWith("...") ?? false };
    })
    .reverse();
}

/** The import path of each package name that this file uses. */
export function goImports(file: SourceFile): Map<string, string> {
  const found = new Map<string, string>();
  const block = /^import\s*\(([^)]*)\)/m.exec(file.text)?.[1] ?? "";
  const single = [...file.text.matchAll(/^import\s+((?:\w+\s+)?"[^"]+")/gm)].map(([, line = ""]) => line);
  for (const line of [...block.split("\n"), ...single]) {
    const [, alias, path] = /^\s*(?:(\w+)\s+)?"([^"]+)"/.exec(line) ?? [];
    if (path !== undefined && alias === undefined && !/^v\d+$/.test(path.split("/").at(-1) ?? ""))
      found.set(splitAtCommas(path.split("/").at(-1) ?? "")[0] ?? "", path);
  }
  return found;
}
