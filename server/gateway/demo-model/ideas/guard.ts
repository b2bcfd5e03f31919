import { type FunctionInfo, findFunctions } from "../source/find-functions";
import { goImports } from "../source/find-go";
import { rememberBy } from "../source/remember";
import { insertLines, type SourceFile } from "../source/source-file";
import { type Dereferenced, dereferenced } from "./dereferenced";
import type { Idea } from "./idea";
import { styleOf } from "./style";

/** Guards for functions that fail obscurely when a parameter is missing. */
export const proposeGuards = rememberBy((file: SourceFile): readonly Idea[] => {
  return findFunctions(file).flatMap((info) => {
    const used = dereferenced(file, info);
    const lines = used === undefined ? undefined : guardLines(file, info, used);
    if (used === undefined || lines === undefined) return [];
    const at = firstStatement(file, info);
    const edit = insertLines(file, at, [...lines, ...(wantsGap(file, at) ? [""] : [])]);
    if (edit === undefined) return [];
    const { name } = used.parameter;
    return [
      {
        kind: "guard",
        key: `guard ${file.path} ${info.owner ?? ""} ${info.name}`,
        path: file.path,
        edits: [edit],
        files: [],
        plan: `let \`${info.name}\` refuse a missing \`${name}\` with an error that names it`,
        why: `\`${info.name}\` uses \`${name}\` right away: without it, it fails with a message that names neither.`,
        target: { file, info },
        guarded: name,
      },
    ];
  });
});

/** Behind directives such as `'use strict'` and behind the docstring. */
function firstStatement(file: SourceFile, info: FunctionInfo): number {
  let line = info.bodyLine;
  while (line < info.endLine && /^\s*((["'])\s*\2;?)?\s*$/.test(file.codeLines[line] ?? "") && !/^\s*[#/]/.test(file.lines[line] ?? ""))
    line += 1;
  if (file.language === "python" && info.documented) {
    line = info.bodyLine;
    const quote = /("""|''')/.exec(file.lines[line] ?? "")?.[1];
    if (quote !== undefined && (file.lines[line] ?? "").split(quote).length < 3) {
      line += 1;
      while (line < info.endLine && !(file.lines[line] ?? "").includes(quote)) line += 1;
    }
    line += 1;
    while (line < info.endLine && (file.lines[line] ?? "").trim() === "") line += 1;
  }
  return line;
}

/** A blank line behind a guard, unless one is there. */
function wantsGap(file: SourceFile, at: number): boolean {
  return file.language !== "go" && (file.lines[at] ?? "").trim() !== "";
}

function guardLines(file: SourceFile, info: FunctionInfo, { parameter, how }: Dereferenced): string[] | undefined {
  const { name, type } = parameter;
  const [one, two] = [info.bodyIndent, info.bodyIndent + file.indent];
  switch (file.language) {
    case "javascript":
    case "typescript": {
      if (info.isPlain === false || /\b(null|undefined|unknown|any)\b/.test(type ?? "")) return undefined;
      const { quote: q, semicolon: s } = styleOf(file);
      const what = how === "call" ? "a function" : "required";
      const condition = how === "call" ? `typeof ${name} !== ${q}function${q}` : `${name} === undefined || ${name} === null`;
      const message = how === "call" ? `${info.name}: ${name} must be ${what}` : `${info.name}: ${name} is ${what}`;
      return [`${one}if (${condition}) {`, `${two}throw new TypeError(${q}${message}${q})${s}`, `${one}}`];
    }
    case "python": {
      if (info.name.startsWith("__") || /\b(None|Optional|Any|object)\b/.test(type ?? "") || /\bNone\b/.test(bodyOf(file, info)))
        return undefined;
      const { quote: q } = styleOf(file);
      return [`${one}if ${name} is None:`, `${two}raise TypeError(${q}${info.name}() needs ${name}, got None${q})`];
    }
    case "java": {
      if (!info.documented && !info.isPublic) return undefined;
      if (/^(int|long|short|byte|char|boolean|double|float)$/.test(type ?? "")) return undefined;
      if (new RegExp(`requireNonNull\\(\\s*${name}\\b`).test(bodyOf(file, info)) || info.returns === undefined) return undefined;
      const imported = /^import\s+java\.util\.(Objects|\*);/m.test(file.code);
      return [`${one}${imported ? "" : "java.util."}Objects.requireNonNull(${name}, "${name}");`];
    }
    case "go": {
      if (!/^\*|^func\b/.test(type ?? "") || !goImports(file).has("errors") || bodyOf(file, info).includes(`${name} == nil`))
        return undefined;
      const zero = zeroResults(info.returns);
      if (zero === undefined) return undefined;
      const results = [...zero, `errors.New("${info.name}: ${name} is nil")`].join(", ");
      return [`${one}if ${name} == nil {`, `${two}return ${results}`, `${one}}`];
    }
    case "rust":
      return undefined;
  }
}

export function bodyOf(file: SourceFile, info: FunctionInfo): string {
  return file.codeLines.slice(info.bodyLine, info.endLine + 1).join("\n");
}

/** What Go returns beside an error; undefined where the last result is none. */
function zeroResults(returns = ""): string[] | undefined {
  const parts = returns
    .replace(/^\(|\)$/g, "")
    .split(",")
    .map((part) => part.trim().split(/\s+/).at(-1) ?? "");
  if (parts.pop() !== "error") return undefined;
  const zeros = parts.map((type) =>
    /^(\*|\[\]|map\[|func|chan)/.test(type)
      ? "nil"
      : type === "string"
        ? '""'
        : type === "bool"
          ? "false"
          : /^u?int\d*$|^float/.test(type)
            ? "0"
            : undefined,
  );
  return zeros.every((zero) => zero !== undefined) ? zeros : undefined;
}
