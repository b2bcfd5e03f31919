import type { FunctionInfo, Parameter } from "./find-functions";
import { bracedFunction, closingBracket, lineAbove, lineAt } from "./scan";
import type { SourceFile } from "./source-file";

const FN =
  /^([ \t]*)(pub(?:\([^)]*\))?\s+)?(?:default\s+)?(const\s+)?(async\s+)?(unsafe\s+)?(?:extern\s+"\s*"\s+)?fn\s+(\w+)\s*(<[^\n(]*>)?\(/gm;

/** Functions and methods; those inside of macros are left out. */
export function findRustFunctions(file: SourceFile): FunctionInfo[] {
  const macros = [...file.code.matchAll(/\bmacro_rules!\s*\w+\s*([({])/g)].map((match) => {
    const open = match.index + match[0].length - 1;
    return { from: open, to: closingBracket(file.code, open) };
  });
  return [...file.code.matchAll(FN)].flatMap((match) => {
    const [whole, indent = "", visibility, , isAsync, unsafe, name = "", generic] = match;
    if (macros.some(({ from, to }) => match.index > from && match.index < to)) return [];
    const head = bracedFunction(file, { at: match.index + indent.length, paren: match.index + whole.length - 1, indent }, parameterOf);
    if (head === undefined || /\bwhere\b/.test(head.between)) return [];
    const { between, ...lines } = head;
    const above = lineAbove(file.lines, head.headLine, /^\s*#\[/);
    const block = ownerOf(file, head.headLine, indent);
    // Methods of a trait are documented at the trait.
    if (block?.isTrait === true || /#\[(test|cfg\(test\))/.test(file.lines.slice(above.line + 1, head.headLine).join("\n"))) return [];
    return [
      {
        ...lines,
        name,
        ...(block === undefined ? {} : { owner: block.name }),
        isPublic: visibility?.trim() === "pub",
        isPlain: generic === undefined && unsafe === undefined && isAsync === undefined && block?.isGeneric !== true,
        isAsync: isAsync !== undefined,
        ...(between === "" ? {} : { returns: between.replace(/^->\s*/, "") }),
        documented: /^(\/\/\/|\/\/!|\*\/|\/\/|\])/.test(above.text) || above.text.endsWith("*/"),
        startLine: above.line + 1,
      },
    ];
  });
}

function parameterOf(text: string): Parameter | undefined {
  if (/^(&\s*('\w+\s+)?)?(mut\s+)?self\b/.test(text)) return { name: "self", optional: true };
  const match = /^(?:mut\s+)?(\w+)\s*:\s*(.+)$/s.exec(text.replace(/^#\[[^\]]*\]\s*/, ""));
  return match === null ? { name: "", optional: true } : { name: match[1] ?? "", type: match[2], optional: false };
}

function ownerOf(file: SourceFile, headLine: number, indent: string): { name: string; isTrait: boolean; isGeneric: boolean } | undefined {
  if (indent === "") return undefined;
  for (let line = headLine - 1; line >= 0; line -= 1) {
    const text = file.codeLines[line] ?? "";
    const [, depth, rest = ""] = /^([ \t]*)(?:unsafe\s+)?(?:pub(?:\([^)]*\))?\s+)?((?:impl|trait|mod)\b.*)$/.exec(text) ?? [];
    if (depth === undefined || depth.length >= indent.length) continue;
    const open = file.code.indexOf("{", file.codeLines.slice(0, line).join("\n").length);
    if (open < 0 || lineAt(file.code, closingBracket(file.code, open)) < headLine) return { name: "?", isTrait: false, isGeneric: true };
    const [, name = "?"] = /^(?:impl|mod)\s+(\w+)\s*\{?\s*$/.exec(rest.trim()) ?? [];
    return {
      name,
      isTrait: /\bfor\b/.test(rest) || rest.startsWith("trait"),
      isGeneric: name === "?" || rest.startsWith("mod") || depth !== "",
    };
  }
  return { name: "?", isTrait: false, isGeneric: true };
}
