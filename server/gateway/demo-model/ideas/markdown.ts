import { findFunctions } from "../source/find-functions";
import { type Edit, insertLines, isOdd, replaceLines, type SourceFile, type TextFile } from "../source/source-file";
import type { Idea, IdeaKind } from "./idea";

const MISSPELT: Record<string, string> = {
  accomodate: "accommodate",
  acheive: "achieve",
  adress: "address",
  alot: "a lot",
  arguement: "argument",
  begining: "beginning",
  definately: "definitely",
  dependancy: "dependency",
  existant: "existent",
  enviroment: "environment",
  goverment: "government",
  independant: "independent",
  lenght: "length",
  neccessary: "necessary",
  occured: "occurred",
  occurence: "occurrence",
  paramater: "parameter",
  prefered: "preferred",
  recieve: "receive",
  refered: "referred",
  seperate: "separate",
  succesful: "successful",
  succesfully: "successfully",
  teh: "the",
  truely: "truly",
  untill: "until",
  wich: "which",
};
const CLOSING_HEADING = /^#{1,6}\s*(licen[cs]e|contribut|credits|author|changelog|acknowledg|copyright|sponsor|related|maintainer)/i;

interface Ground {
  document: TextFile;
  sources: readonly SourceFile[];
  paths: readonly string[];
  manifest: TextFile | undefined;
}

/** Small repairs and useful sections for a Markdown document. */
export function proposeMarkdown({ document, sources, paths, manifest }: Ground): Idea[] {
  if (isOdd(document.text)) return [];
  const idea = (kind: IdeaKind, edit: Edit | undefined, plan: string, why: string): Idea[] =>
    edit === undefined ? [] : [{ kind, key: `${kind} ${document.path}`, path: document.path, edits: [edit], files: [], plan, why }];
  const lines = document.text.split("\n").map((line) => line.replace(/\r$/, ""));
  return [
    ...typos(document, lines, idea),
    ...fences(document, lines, idea),
    ...outline(document, lines, idea),
    ...howTo(document, lines, paths, manifest, idea),
    ...overview(document, lines, sources, idea),
    ...links(document, lines, idea),
    // What is said of the whole repository belongs in its own README.
    ...(/^readme\.md$/i.test(document.path) ? [...layout(document, lines, paths, idea), ...census(document, lines, paths, idea)] : []),
  ];
}

type MakeIdea = (kind: IdeaKind, edit: Edit | undefined, plan: string, why: string) => Idea[];

function typos(document: TextFile, lines: readonly string[], idea: MakeIdea): Idea[] {
  const prose = proseLines(lines);
  for (const [index, line] of lines.entries()) {
    if (!prose[index] || /[`<]|https?:/.test(line)) continue;
    const mended = line.replace(/\b(the|a|an|is|of|to|and|in|for|with|this|be|are)( \1\b)+/g, "$1").replace(/[A-Za-z]+/g, (word) => {
      const right = Object.hasOwn(MISSPELT, word.toLowerCase()) ? MISSPELT[word.toLowerCase()] : undefined;
      if (right === undefined) return word;
      return /^[A-Z]/.test(word) ? right.charAt(0).toUpperCase() + right.slice(1) : right;
    });
    if (mended !== line)
      return idea(
        "typo",
        changed(document, index, mended),
        `mend a slip of the pen in \`${document.path}\``,
        "Small, but the first thing that a reader sees.",
      );
  }
  return [];
}

function fences(document: TextFile, lines: readonly string[], idea: MakeIdea): Idea[] {
  let open = false;
  for (const [index, line] of lines.entries()) {
    const fence = /^(\s*)(```|~~~)(\S*)\s*$/.exec(line);
    if (fence === null) {
      if (/^\s*(```|~~~)/.test(line)) open = !open;
      continue;
    }
    if (!open && fence[3] === "") {
      const language = languageOfFence(lines.slice(index + 1, index + 8));
      if (language !== undefined) {
        const edit = changed(document, index, `${line.trimEnd()}${language}`);
        return idea(
          "fence",
          edit,
          `name the language of a code block in \`${document.path}\`, so that it is highlighted`,
          "A block without a language is shown in one colour.",
        );
      }
    }
    open = !open;
  }
  return [];
}

function languageOfFence(lines: readonly string[]): string | undefined {
  const [first = ""] = lines.filter((line) => line.trim() !== "");
  if (/^\s*(\$ |npm |npx |yarn |pnpm |pip |git |go (get|install|mod)|cargo |brew |apt|curl |docker |make\b|cd )/.test(first)) return "sh";
  if (/^\s*[{[]\s*$/.test(first) && lines.some((line) => /^\s*"[^"]+"\s*:/.test(line))) return "json";
  if (/^\s*(import .* from|const |let |var |require\()/.test(first)) return "js";
  if (/^\s*(from \w+ import|import \w+$|def |>>> )/.test(first)) return "python";
  return undefined;
}

function outline(document: TextFile, lines: readonly string[], idea: MakeIdea): Idea[] {
  const prose = proseLines(lines);
  const headings = lines.flatMap((line, index) =>
    prose[index] && /^## \S/.test(line)
      ? [
          {
            index,
            title: line
              .slice(3)
              .replace(/\s#+\s*$/, "")
              .trim(),
          },
        ]
      : [],
  );
  const [first] = headings;
  if (
    first === undefined ||
    headings.length < 4 ||
    headings.length > 25 ||
    /\]\(#|^\[\[?toc|table of contents|^#+\s*contents/im.test(document.text)
  )
    return [];
  const seen = new Map<string, number>();
  const entries = headings.map(({ title }) => {
    const slug = title
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/\s/g, "-");
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return `- [${title.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")}](#${before === 0 ? slug : `${slug}-${before}`})`;
  });
  const edit = insertLines(document, first.index, ["## Contents", "", ...entries, ""]);
  return idea(
    "outline",
    edit,
    `give \`${document.path}\` a table of contents`,
    `It has ${headings.length} sections, and no way to jump to one.`,
  );
}

function howTo(
  document: TextFile,
  lines: readonly string[],
  paths: readonly string[],
  manifest: TextFile | undefined,
  idea: MakeIdea,
): Idea[] {
  const packager = paths.includes("pnpm-lock.yaml") ? "pnpm" : paths.includes("yarn.lock") ? "yarn" : "npm";
  const commands: [boolean, string[]][] = [
    [manifest?.path === "package.json" && /"test"\s*:/.test(manifest.text), [`${packager} install`, `${packager} test`]],
    [paths.includes("go.mod"), ["go test ./..."]],
    [paths.includes("Cargo.toml"), ["cargo test"]],
    [paths.includes("pom.xml"), ["mvn test"]],
    [
      paths.some((path) => /(^|\/)test_[^/]+\.py$/.test(path)) && paths.some((path) => /^(pyproject\.toml|setup\.(py|cfg))$/.test(path)),
      ["pip install -e .", "pytest"],
    ],
  ];
  const found = commands.find(([holds]) => holds)?.[1];
  if (
    found === undefined ||
    found.some((command) => / test|pytest/.test(command) && document.text.includes(command)) ||
    /^#+\s*(running )?(the )?tests?(ing)?\b/im.test(document.text)
  )
    return [];
  const section = ["## Running the tests", "", "```sh", ...found, "```"];
  return idea(
    "howto",
    sectionEdit(document, lines, section),
    `say in \`${document.path}\` how the tests are run`,
    "Whoever wants to contribute looks for that first.",
  );
}

function overview(document: TextFile, lines: readonly string[], sources: readonly SourceFile[], idea: MakeIdea): Idea[] {
  const rows = sources.flatMap((file) =>
    findFunctions(file)
      .filter(({ isPublic, name, owner }) => isPublic && !name.startsWith("_") && (owner === undefined || file.language === "java"))
      .slice(0, 8)
      .map((info) => {
        const parameters = info.parameters
          .filter(({ name }) => name !== "" && name !== "self")
          .map(({ name, optional }) => (optional && file.language !== "go" ? `${name}?` : name));
        return `| \`${info.name}(${parameters.join(", ")})\` | [\`${file.path}\`](${relativeTo(document.path, file.path)}) |`;
      }),
  );
  if (rows.length < 2 || /^#+\s*(api|functions|reference)\b/im.test(document.text)) return [];
  const section = ["## Functions", "", "| function | defined in |", "| --- | --- |", ...[...new Set(rows)].slice(0, 12)];
  return idea(
    "overview",
    sectionEdit(document, lines, section),
    `list the public functions in \`${document.path}\``,
    "A reader sees at a glance what there is and where it is defined.",
  );
}

function layout(document: TextFile, lines: readonly string[], paths: readonly string[], idea: MakeIdea): Idea[] {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const [folder] = path.split("/");
    if (folder !== undefined && folder !== path && !folder.startsWith(".")) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  if (counts.size < 2 || /^#+\s*(layout|structure|(project|folder|directory) (structure|layout))/im.test(document.text)) return [];
  const rows = [...counts]
    .sort(([one], [other]) => one.localeCompare(other))
    .slice(0, 12)
    .map(([folder, count]) => `| [\`${folder}/\`](${relativeTo(document.path, folder)}) | ${count} |`);
  const section = ["## Layout", "", "| folder | files |", "| --- | --- |", ...rows];
  return idea(
    "layout",
    sectionEdit(document, lines, section),
    `describe the layout of the repository in \`${document.path}\``,
    "It helps whoever opens it for the first time.",
  );
}

function links(document: TextFile, lines: readonly string[], idea: MakeIdea): Idea[] {
  const prose = proseLines(lines);
  for (const [index, line] of lines.entries()) {
    const bare = /(^|\s)(https?:\/\/[^\s<>()`\]]*[\w/])(?=[\s.,;]|$)/;
    if (!prose[index] || /^\[[^\]]+\]:|^\s{4}|[`<|]/.test(line) || !bare.test(line)) continue;
    const edit = changed(document, index, line.replace(bare, "$1<$2>"));
    return idea(
      "link",
      edit,
      `mark a bare address in \`${document.path}\` as a link`,
      "Not every reader of Markdown makes a link of an address by itself.",
    );
  }
  return [];
}

function census(document: TextFile, lines: readonly string[], paths: readonly string[], idea: MakeIdea): Idea[] {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const [, kind] = /(\.[A-Za-z]\w*)$/.exec(path.split("/").at(-1) ?? "") ?? [];
    if (kind !== undefined) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const rows = [...counts].sort(([one, many], [other, few]) => few - many || one.localeCompare(other)).slice(0, 5);
  if (rows.length < 2 || /^#+\s*what is in here/im.test(document.text)) return [];
  const section = [
    "## What is in here",
    "",
    "| kind of file | how many |",
    "| --- | --- |",
    ...rows.map(([kind, count]) => `| \`${kind}\` | ${count} |`),
  ];
  return idea(
    "census",
    sectionEdit(document, lines, section),
    `say in \`${document.path}\` what kinds of files there are`,
    "It tells at a glance what this repository is made of.",
  );
}

/** A new section in front of the licence and its like, or else at the end. */
function sectionEdit(document: TextFile, lines: readonly string[], section: readonly string[]): Edit | undefined {
  const prose = proseLines(lines);
  const closing = lines.findIndex((line, index) => prose[index] && CLOSING_HEADING.test(line));
  const level = closing < 0 ? undefined : /^#+/.exec(lines[closing] ?? "")?.[0];
  const own = level === "#" ? section.map((line) => line.replace(/^## /, "# ")) : section;
  if (closing > 0) return insertLines(document, closing, [...own, ""]);
  // Link definitions and what follows the last line of text stay where they are.
  let last = lines.length - 1;
  while (last > 0 && ((lines[last] ?? "").trim() === "" || /^\[[^\]]+\]:/.test(lines[last] ?? ""))) last -= 1;
  const cr = document.text.includes("\r\n") ? "\r" : "";
  const text = (document.text.split("\n")[last] ?? "").replace(/\r$/, "");
  const ends = (document.text.split("\n")[last] ?? "").endsWith("\r") ? "\r" : "";
  return replaceLines(document, last, 1, [
    text + cr,
    ...["", ...section].slice(0, -1).map((line) => line + cr),
    `${section.at(-1) ?? ""}${ends}`,
  ]);
}

/** True for each line outside of code blocks and front matter. */
function proseLines(lines: readonly string[]): boolean[] {
  let fenced = false;
  const matter = lines[0] === "---" ? lines.indexOf("---", 1) : -1;
  return lines.map((line, index) => {
    const fence = /^\s*(```|~~~)/.test(line);
    if (fence) fenced = !fenced;
    return !fence && !fenced && index > matter;
  });
}

function changed(document: TextFile, index: number, line: string): Edit | undefined {
  const cr = (document.text.split("\n")[index] ?? "").endsWith("\r") ? "\r" : "";
  return replaceLines(document, index, 1, [line + cr]);
}

function relativeTo(document: string, path: string): string {
  return `${"../".repeat(document.split("/").length - 1)}${path}`;
}
