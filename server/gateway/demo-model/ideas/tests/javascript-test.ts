import { posix } from "node:path";
import type { FunctionInfo } from "../../source/find-functions";
import type { SourceFile, TextFile } from "../../source/source-file";
import { wordsOf } from "../name-words";
import { type Style, styleOf } from "../style";
import type { TestGround, TestWriter } from "./test-writer";

type Framework = "vitest" | "jest" | "mocha" | "node" | "ava";

/** For vitest, Jest, Mocha, AVA and Node's own runner. */
export const writeJavascriptTest: TestWriter = (ground, file, info, guarded) => {
  const { example } = ground;
  const framework = frameworkOf(ground);
  const isTypescript = /\.[cm]?ts$/.test(example.path);
  const style = styleOf({ code: example.text, language: isTypescript ? "typescript" : "javascript" });
  const imported = importOf(ground, file, info, style);
  const path = testPath(example.path, info.name);
  if (framework === undefined || imported === undefined || path === undefined || ground.paths.includes(path) || !info.isPlain)
    return undefined;
  const indent = /^(\t| {2,4})\S/m.exec(example.text)?.[1] ?? "  ";
  const lines = [
    ...header(framework, style, example),
    imported.line,
    "",
    ...body({ framework, style, indent, info, guarded, isTypescript, callable: imported.name }),
  ];
  return { path, text: `${lines.join("\n")}\n` };
};

function frameworkOf({ example, manifest }: TestGround): Framework | undefined {
  const { text } = example;
  const wanted = (name: string): boolean => new RegExp(`"${name}"\\s*:`).test(manifest?.text ?? "");
  if (/["']vitest["']/.test(text) || wanted("vitest")) return "vitest";
  if (/["']ava["']/.test(text)) return "ava";
  if (/["']node:test["']/.test(text)) return "node";
  if (wanted("jest") || wanted("ts-jest")) return "jest";
  return wanted("mocha") ? "mocha" : undefined;
}

/** How the example gets at the file, said for this one function. */
function importOf(
  { example, manifest }: TestGround,
  file: SourceFile,
  info: FunctionInfo,
  { quote: q, semicolon: s, declare }: Style,
): { name: string; line: string } | undefined {
  const folder = posix.dirname(example.path);
  const isDefault = isDefaultExport(file, info.name);
  for (const line of example.text.split("\n")) {
    const [, required] = /\brequire\(\s*["'](\.[^"']*)["']\s*\)/.exec(line) ?? [];
    const [, from] = /\bfrom\s+["'](\.[^"']*)["']/.exec(line) ?? [];
    const specifier = required ?? from;
    if (specifier === undefined || !leadsTo(posix.join(folder, specifier), file.path, manifest)) continue;
    const names = isDefault ? info.name : required === undefined ? `{ ${info.name} }` : `{ ${info.name} }`;
    if (!isDefault && !isNamedExport(file, info.name)) return undefined;
    const spaced = /\{\w/.test(line) && !/\{ /.test(line) ? names.replace(/[{}] | [{}]/g, (part) => part.trim()) : names;
    if (required !== undefined && !isDefault && declare === "var") {
      return { name: info.name, line: `var ${info.name} = require(${q}${specifier}${q}).${info.name}${s}` };
    }
    const text =
      required === undefined
        ? `import ${spaced} from ${q}${specifier}${q}${s}`
        : `${declare} ${spaced} = require(${q}${specifier}${q})${s}`;
    return { name: info.name, line: text };
  }
  return undefined;
}

function isNamedExport({ code }: SourceFile, name: string): boolean {
  const own = name.replaceAll("$", "\\$");
  return new RegExp(
    `^export\\s+(async\\s+)?(function\\s*|const\\s+)${own}\\b|^(export|module\\.exports\\s*=)\\s*\\{[^}]*\\b${own}\\s*[,}]|\\bexports\\.${own}\\s*=`,
    "m",
  ).test(code);
}

function isDefaultExport({ code }: SourceFile, name: string): boolean {
  const own = name.replaceAll("$", "\\$");
  return new RegExp(`^export\\s+default\\s+(async\\s+)?(function\\s+)?${own}\\b|\\bmodule\\.exports\\s*=\\s*${own}\\s*;?\\s*$`, "m").test(
    code,
  );
}

function leadsTo(target: string, path: string, manifest: TextFile | undefined): boolean {
  const [, main] = /"main"\s*:\s*"\.?\/?([^"]+)"/.exec(manifest?.text ?? "") ?? [];
  const bare = target.replace(/\.[cm]?js$/, "").replace(/\/$/, "");
  const stem = path.replace(/\.[cm]?[jt]s$/, "");
  if (bare === "." || bare === "") return path === (main ?? "index.js").replace(/^\.\//, "");
  return bare === stem || target === path || `${bare}/index` === stem;
}

/** A name that the runner finds when it finds the example. */
function testPath(example: string, name: string): string | undefined {
  const words = wordsOf(name).join("-");
  const [, folder = "", base = "", end = ""] =
    /^(.*\/)?([^/]*?)([.-](?:test|spec))?\.[cm]?[jt]s$/.exec(example)?.map((part) => part ?? "") ?? [];
  const extension = posix.extname(example);
  if (end !== "") return `${folder}${words}${end}${extension}`;
  if (folder === "" && base === "test") return `test-${words}${extension}`;
  if (base.startsWith("test-")) return `${folder}test-${words}${extension}`;
  return /(^|\/)(tests?|__tests__|spec)\//.test(folder) ? `${folder}${words}${extension}` : undefined;
}

function header(framework: Framework, { quote: q, semicolon: s, modules, declare }: Style, { text }: TextFile): string[] {
  const load = (names: string, from: string): string =>
    modules ? `import ${names} from ${q}${from}${q}${s}` : `${declare} ${names} = require(${q}${from}${q})${s}`;
  const strict = /^\s*['"]use strict['"]/m.test(text.slice(0, 400)) && !modules ? [`${q}use strict${q}${s}`, ""] : [];
  const assert = /["']node:assert\/strict["']/.test(text) ? "node:assert/strict" : /["']node:/.test(text) ? "node:assert" : "assert";
  switch (framework) {
    case "vitest":
      return [load("{ expect, it }", "vitest")];
    case "jest":
      return /@jest\/globals/.test(text) ? [load("{ expect, test }", "@jest/globals")] : [];
    case "ava":
      return [load("test", "ava")];
    case "node":
      return [...strict, load("assert", assert), load(modules ? "{ test }" : declare === "var" ? "test" : "{ test }", "node:test")];
    case "mocha":
      return [...strict, load("assert", assert)];
  }
}

interface Body {
  framework: Framework;
  style: Style;
  indent: string;
  info: FunctionInfo;
  guarded: string | undefined;
  isTypescript: boolean;
  callable: string;
}

function body({ framework, style, indent, info, guarded, isTypescript, callable }: Body): string[] {
  const { quote: q, semicolon: s, declare } = style;
  const old = declare === "var";
  const begin = (title: string, asynchronous = false): string => {
    const context = framework === "ava" ? "t" : "";
    const arrow = old ? `function (${context}) {` : `${asynchronous ? "async " : ""}${context === "" ? "()" : context} => {`;
    return `${framework === "mocha" || framework === "vitest" ? "it" : "test"}(${q}${title}${q}, ${arrow}`;
  };
  const equals = (actual: string, expected: string): string => {
    if (framework === "vitest" || framework === "jest") return `expect(${actual}).toBe(${expected})${s}`;
    return framework === "ava" ? `t.is(${actual}, ${expected})${s}` : `assert.strictEqual(${actual}, ${expected})${s}`;
  };
  const arity = arityOf(info);
  const lines = [
    begin(arity === undefined ? `${info.name} is a function` : `${info.name} takes ${arity} ${arity === 1 ? "argument" : "arguments"}`),
    `${indent}${equals(`typeof ${callable}`, `${q}function${q}`)}`,
    ...(arity === undefined ? [] : [`${indent}${equals(`${callable}.length`, String(arity))}`]),
    `})${s}`,
  ];
  if (guarded === undefined) return lines;
  const values = info.parameters.map(() => (isTypescript ? "undefined as never" : "undefined")).join(", ");
  const refusal = refusing(framework, `${callable}(${values})`, guarded, info.isAsync, s, old);
  if (refusal === undefined) return lines;
  return [...lines, "", begin(`${info.name} names the argument that is missing`, info.isAsync), `${indent}${refusal}`, `})${s}`];
}

function refusing(framework: Framework, call: string, guarded: string, isAsync: boolean, s: string, old: boolean): string | undefined {
  const pattern = `/${guarded.replaceAll("$", "\\$")} (is required|must be)/`;
  if (isAsync && old) return undefined;
  const wrapped = old ? `function () { ${call}${s} }` : `() => ${call}`;
  switch (framework) {
    case "vitest":
    case "jest":
      return isAsync ? `await expect(${call}).rejects.toThrow(${pattern})${s}` : `expect(${wrapped}).toThrow(${pattern})${s}`;
    case "ava":
      return isAsync ? `await t.throwsAsync(${wrapped}, {message: ${pattern}})${s}` : `t.throws(${wrapped}, {message: ${pattern}})${s}`;
    default:
      return isAsync ? `await assert.rejects(${wrapped}, ${pattern})${s}` : `assert.throws(${wrapped}, ${pattern})${s}`;
  }
}

/** What `length` says: the parameters in front of the first default. Undefined where that is not known. */
function arityOf({ parameters }: FunctionInfo): number | undefined {
  if (parameters.some(({ name }) => name === "" || name === "this")) return undefined;
  const first = parameters.findIndex(({ defaulted }) => defaulted);
  return first < 0 ? parameters.length : first;
}
