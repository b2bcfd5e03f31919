import { chooseDocument, chooseDocuments } from "./choose-files";
import { chooseSources, chooseTest, definitionPattern, hitsByPath, mainLanguage } from "./choose-sources";
import { chooseWords } from "./choose-words";
import { readText, type ToolResult } from "./conversation";
import type { DemoTask, DemoToolCall, DemoTurn } from "./demo-turn";
import type { Corpus } from "./plan-changes";
import type { Wish } from "./read-prompt";
import type { TextFile } from "./source/source-file";

const SOURCES = 5;
const DOCUMENTS = 4;
const MANIFESTS = ["package.json", "Cargo.toml", "go.mod", "pyproject.toml", "pom.xml"];
/** Files that a word to be renamed may be spread over. */
const MOST_OTHERS = 6;

/** Searches and reads what a small change needs. Each variation reads the same, so that all know what the others do. */
export function* gatherCorpus(task: DemoTask, paths: readonly string[], wish: Wish): Generator<DemoTurn, Corpus, ToolResult[]> {
  const language = mainLanguage(paths);
  const words = wish.names.length > 0 ? wish.names.slice(0, 2) : chooseWords(task.prompt, 2);
  const patterns = [
    ...(language === undefined ? [] : [definitionPattern(language)]),
    ...(wish.rename === undefined ? words : [wish.rename.from]).map(literal),
  ];
  const results = patterns.length === 0 ? [] : yield searching(language, patterns, wish, words);
  const texts = results.filter(({ tool, ok }) => tool === "search" && ok).map(({ text }) => text);
  const definitions = hitsByPath(language === undefined ? [] : texts.slice(0, 1));
  const mentions = hitsByPath(language === undefined ? texts : texts.slice(1));
  const chosen = language === undefined ? [] : chooseSources({ paths, language, names: wish.names, definitions, mentions, most: SOURCES });
  const testOf = new Map(
    chosen.flatMap(
      (path) => Array.from([chooseTest(paths, path)], (test): [string, string][] => (test === undefined ? [] : [[path, test]]))[0] ?? [],
    ),
  );
  const named = paths.find((path) => /\.md$/i.test(path) && wish.names.includes(path));
  const documents = [...new Set([named ?? chooseDocument(paths), ...(chosen.length === 0 ? chooseDocuments(paths) : [])])].slice(
    0,
    DOCUMENTS,
  );
  const manifest = MANIFESTS.find((path) => paths.includes(path));
  const others = wish.rename === undefined ? [] : [...mentions.keys()].filter((path) => !chosen.includes(path) && paths.includes(path));
  const tests = [...new Set(testOf.values())];
  const first = yield* reading(
    chosen,
    chosen.length > 0
      ? "These look most promising. I read them side by side."
      : "There is no code here that I know how to change, so I look at the documents.",
    chosen.length === 0 ? [...documents, manifest, ...others] : [],
  );
  const second =
    chosen.length === 0
      ? new Map<string, TextFile>()
      : yield* reading(
          [...tests, manifest, ...documents, ...others.slice(0, MOST_OTHERS)],
          tests.length > 0
            ? "Now how it is tested, and what the documentation says."
            : "I see no tests beside them. What does the documentation say?",
        );
  const read = new Map([...first, ...second]);
  const get = (path: string | undefined): TextFile | undefined => (path === undefined ? undefined : read.get(path));
  const found = (list: readonly string[]): TextFile[] => list.flatMap((path) => get(path) ?? []);
  return {
    sources: found(chosen),
    tests: new Map([...testOf].flatMap(([source, test]): [string, TextFile][] => Array.from(found([test]), (file) => [source, file]))),
    documents: found(documents.filter((path) => path !== undefined)),
    manifest: get(manifest),
    paths,
    others: found(others),
  };
}

function searching(language: string | undefined, patterns: readonly string[], wish: Wish, words: readonly string[]): DemoTurn {
  const names = { javascript: "JavaScript", typescript: "TypeScript", python: "Python", go: "Go", rust: "Rust", java: "Java" };
  const kind = language === undefined ? "" : `Mostly ${names[language as keyof typeof names]}. `;
  const spoken = wish.rename === undefined ? words : [wish.rename.from];
  const and =
    spoken.length === 0
      ? ""
      : ` ${language === undefined ? "Where is" : "And where is"} ${spoken.map((word) => `*${word}*`).join(" or ")} spoken of?`;
  return {
    text: `${kind}${language === undefined ? "" : "Where are its functions?"}${and}`.trim(),
    tools: patterns.map((pattern, index) => ({
      name: "search",
      input: { pattern, ...(index > 0 || language === undefined ? { ignore_case: wish.rename === undefined } : {}) },
    })),
  };
}

function* reading(
  paths: readonly (string | undefined)[],
  text: string,
  more: readonly (string | undefined)[] = [],
): Generator<DemoTurn, Map<string, TextFile>, ToolResult[]> {
  const wanted = [...new Set([...paths, ...more].filter((path) => path !== undefined))];
  if (wanted.length === 0) return new Map();
  const calls: DemoToolCall[] = wanted.map((path) => ({ name: "read", input: { path } }));
  const results = (yield { text, tools: calls }).filter(({ tool }) => tool === "read");
  return new Map(
    wanted.flatMap((path, index): [string, TextFile][] => {
      const result = results[index];
      const content = result?.ok === true ? readText(result.text) : undefined;
      return content === undefined ? [] : [[path, { path, text: content }]];
    }),
  );
}

/** The words themselves, as a pattern. */
function literal(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
