import { type FunctionInfo, findFunctions, type Parameter } from "../source/find-functions";
import { rememberBy } from "../source/remember";
import { insertLines, type SourceFile } from "../source/source-file";
import { escape } from "./dereferenced";
import { bodyOf } from "./guard";
import type { Idea } from "./idea";
import { describeName, describeParameter } from "./name-words";

/** Documentation for functions that have none, from what their names, parameters and bodies say; public ones first. */
export const proposeDocuments = rememberBy((file: SourceFile): readonly Idea[] => {
  const candidates = findFunctions(file).filter((info) => !info.documented && !info.name.startsWith("__") && info.owner !== "?");
  return candidates
    .sort((one, other) => Number(other.isPublic) - Number(one.isPublic) || one.startLine - other.startLine)
    .flatMap((info) => {
      const lines = documentationOf(file, info);
      if (lines === undefined) return [];
      const edit = insertLines(file, file.language === "python" ? info.bodyLine : info.startLine, lines);
      if (edit === undefined) return [];
      return [
        {
          kind: "document",
          key: `document ${file.path} ${info.owner ?? ""} ${info.name}`,
          path: file.path,
          edits: [edit],
          files: [],
          plan: `document \`${info.name}\`: what it does, what it takes${/throw|raise|panic/.test(bodyOf(file, info)) ? ", when it fails" : ""}`,
          why: `${info.isPublic ? "It is public and" : "It"} has no documentation yet.`,
          target: { file, info },
        } satisfies Idea,
      ];
    });
});

function documentationOf(file: SourceFile, info: FunctionInfo): string[] | undefined {
  const about = describeName(info, file.language === "python" ? "imperative" : "third person");
  if (about === undefined) return undefined;
  const named = info.parameters.filter(({ name }) => name !== "" && !/^(self|cls|this)$/.test(name));
  const { indent } = info;
  switch (file.language) {
    case "javascript":
    case "typescript":
      return [
        `${indent}/**`,
        ...jsdoc(file, info, about, named).map((line) => `${indent} *${line === "" ? "" : ` ${line}`}`),
        `${indent} */`,
      ];
    case "java":
      return [
        `${indent}/**`,
        ...javadoc(file, info, about, named).map((line) => `${indent} *${line === "" ? "" : ` ${line}`}`),
        `${indent} */`,
      ];
    case "python":
      return docstring(file, info, about, named);
    case "go": {
      const [first = "", ...rest] = about.split(" ");
      const fails = /\berror\)?$/.test(info.returns ?? "") ? " It returns an error where that fails." : "";
      const panics = /\bpanic\(/.test(bodyOf(file, info)) ? " It panics where that fails." : "";
      return [`// ${info.name} ${first.toLowerCase()} ${rest.join(" ").replaceAll("`", "")}.${fails}${panics}`];
    }
    case "rust": {
      const body = bodyOf(file, info);
      const section = (title: string, text: string): string[] => ["", `# ${title}`, "", text];
      const panics = /\b(panic|assert|unreachable|todo)\w*!|\.(unwrap|expect)\(/.test(body);
      return [
        `${about}.`,
        ...(/\bResult\b/.test(info.returns ?? "") ? section("Errors", "Fails with the error that the result carries.") : []),
        ...(panics ? section("Panics", "Panics when an assumption that it makes about its input does not hold.") : []),
      ].map((line) => `${indent}///${line === "" ? "" : ` ${line}`}`);
    }
  }
}

function jsdoc(file: SourceFile, info: FunctionInfo, about: string, named: Parameter[]): string[] {
  const typed = file.language === "typescript";
  const body = bodyOf(file, info);
  const parameters = named.map((parameter) => {
    const { name, optional } = parameter;
    const type = typed ? "" : `{${guessType(body, name)}} `;
    return `@param ${type}${optional && !typed ? `[${name}]` : name} - ${aboutParameter(body, parameter)}`;
  });
  const errors = [...new Set([...body.matchAll(/\bthrow new (\w+)\(/g)].map(([, error = ""]) => error))];
  const isBoolean = /^(is|has|can|should)[A-Z_]/.test(info.name);
  const returns = isBoolean ? [typed ? "@returns whether it is so" : "@returns {boolean} whether it is so"] : [];
  const tags = [...parameters, ...returns, ...errors.map((error) => `@throws {${error}}`)];
  return [`${about}.`, ...(tags.length === 0 ? [] : ["", ...tags])];
}

function javadoc(file: SourceFile, info: FunctionInfo, about: string, named: Parameter[]): string[] {
  const body = bodyOf(file, info);
  const plain = (text: string): string => text.replace(/`([^`]*)`/g, "{@code $1}");
  const returns = info.returns === undefined || info.returns === "void" ? [] : [`@return ${returnedBy(info)}`];
  const thrown = /\bthrows\s+([\w\s,.]+)\{/.exec(file.codeLines.slice(info.headLine, info.bodyLine).join(" "))?.[1]?.split(",") ?? [];
  const tags = [
    ...named.map((parameter) => `@param ${parameter.name} ${plain(aboutParameter(body, parameter))}`),
    ...returns,
    ...thrown.map((error) => `@throws ${error.trim()} if that fails`),
  ];
  return [`${plain(about)}.`, ...(tags.length === 0 ? [] : ["", ...tags])];
}

function returnedBy({ name, returns = "" }: FunctionInfo): string {
  if (returns === "boolean") return "true if it is so";
  const words = describeParameter(name).split(" ");
  return words.length > 1 ? `the ${words.slice(1).join(" ")}` : `the resulting {@code ${returns.replace(/<.*/s, "")}}`;
}

function docstring(file: SourceFile, info: FunctionInfo, about: string, named: Parameter[]): string[] {
  const body = bodyOf(file, info);
  const errors = [...new Set([...body.matchAll(/\braise (\w+)\(/g)].map(([, error = ""]) => error))];
  const google = /^\s*(Args|Returns):\s*$/m.test(file.text);
  const { bodyIndent: one } = info;
  if (named.length === 0 && errors.length === 0) return [`${one}"""${about}."""`];
  const tags = google
    ? [
        ...(named.length === 0
          ? []
          : ["Args:", ...named.map((each) => `${file.indent}${each.name}: ${capital(aboutParameter(body, each))}.`)]),
        ...(errors.length === 0
          ? []
          : [...(named.length === 0 ? [] : [""]), "Raises:", ...errors.map((error) => `${file.indent}${error}: If that is not possible.`)]),
      ]
    : [
        ...named.map((each) => `:param ${each.name}: ${capital(aboutParameter(body, each))}.`),
        ...errors.map((error) => `:raises ${error}: if that is not possible.`),
      ];
  return [`${one}"""${about}.`, "", ...tags.map((line) => (line === "" ? "" : one + line)), `${one}"""`];
}

/** What the body does with it, or else what its name says. */
function aboutParameter(body: string, { name, optional }: Parameter): string {
  const own = escape(name);
  const words = describeParameter(name);
  const members = [
    ...new Set([...body.matchAll(new RegExp(`(?<![\\w.$])${own}\\.([A-Za-z_]\\w*)(?!\\w*\\s*\\()`, "g"))].map(([, member = ""]) => member)),
  ];
  const lead = optional ? `the ${words}, if there is one` : `the ${words}`;
  if (new RegExp(`(?<![\\w.$])${own}\\(`).test(body)) return `${optional ? "may be left out; " : ""}called by this function`;
  if (members.length === 0 || members.length > 4 || words.length < 2) return words.length < 2 ? "the value to look at" : lead;
  return `${lead}, read for its ${members.map((member) => `\`${member}\``).join(", ")}`;
}

function guessType(body: string, name: string): string {
  const own = `(?<![\\w.$])${escape(name)}`;
  const does = (pattern: string): boolean => new RegExp(own + pattern).test(body);
  if (new RegExp(`isArray\\(\\s*${escape(name)}\\b|typeof ${escape(name)}\\b|${own}\\s+instanceof`).test(body)) return "*";
  if (does("\\(")) return "Function";
  if (does("\\.(map|forEach|push|filter|reduce|join|concat|some|every)\\(")) return "Array";
  if (does("\\.(trim|toLowerCase|toUpperCase|charCodeAt|startsWith|padStart)\\(")) return "string";
  if (does("\\s*(<=?|>=?|-|\\*)\\s*[\\w(]")) return "number";
  if (does("\\.\\w")) return "Object";
  return "*";
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
