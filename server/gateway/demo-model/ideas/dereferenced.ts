import type { FunctionInfo, Parameter } from "../source/find-functions";
import type { SourceFile } from "../source/source-file";

export interface Dereferenced {
  parameter: Parameter;
  how: "member" | "call";
}

const CONTROL =
  /^\s*(if|for|while|do|switch|try|return|throw|match|with|else|async\s+with|async\s+for|defer|go|select|loop|assert|raise|yield|synchronized|break|continue)\b/;

/**
 * The first parameter that the body uses before anything can have gone another way, so that a call without it fails there in any case:
 * to refuse it by a clear error at the top changes the message and nothing else.
 */
export function dereferenced(file: SourceFile, info: FunctionInfo): Dereferenced | undefined {
  const required = info.parameters.filter(({ name, optional }) => name !== "" && !optional);
  for (let line = info.bodyLine; line < info.endLine + (file.language === "python" ? 1 : 0); line += 1) {
    const text = file.codeLines[line] ?? "";
    if (text.trim() === "" || /^\s*(["'])\s*\1;?\s*$/.test(text)) continue;
    if (!text.startsWith(info.bodyIndent) || /^[ \t]/.test(text.slice(info.bodyIndent.length))) return undefined;
    const isControl = CONTROL.test(text);
    // What stands behind these may not be reached, or only later.
    const [certain = ""] = text.split(
      /&&|\|\||\?|=>|\bfunction\b|\band\b|\bor\b|\bif\b(?!\s*[(\w])|\blambda\b|\bfor\b.*\bin\b|->|\bfunc\b/,
    );
    const found =
      isControl && !/^\s*(return|if|raise|throw)\b/.test(text) ? undefined : required.find(({ name }) => usedIn(certain, name, file));
    if (found !== undefined) {
      const how = new RegExp(`(?<![\\w.$])${escape(found.name)}\\s*\\(`).test(certain) ? "call" : "member";
      return { parameter: found, how };
    }
    if (isControl || unbalanced(text)) return undefined;
    // Given another value, it is no longer what the caller passed.
    if (required.some(({ name }) => new RegExp(`(?<![\\w.$])${escape(name)}\\s*(:=|=[^=])`).test(text))) return undefined;
  }
  return undefined;
}

function usedIn(code: string, name: string, { language }: SourceFile): boolean {
  const own = escape(name);
  const patterns: Record<string, string> = {
    javascript: `(?<![\\w.$])${own}(?:\\.[A-Za-z_$]|\\[|\\()`,
    typescript: `(?<![\\w.$])${own}(?:\\.[A-Za-z_$]|\\[|\\()`,
    python: `(?<![\\w.])(?:${own}\\.[A-Za-z_]|${own}\\[|len\\(${own}\\))`,
    java: `(?<![\\w.])${own}\\.[A-Za-z_]`,
    go: `(?<![\\w.])${own}\\.[A-Za-z_]`,
    rust: "(?!)",
  };
  return new RegExp(patterns[language] ?? "(?!)").test(code);
}

function unbalanced(code: string): boolean {
  const count = (pattern: RegExp): number => code.match(pattern)?.length ?? 0;
  return count(/[([{]/g) !== count(/[)\]}]/g);
}

export function escape(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
