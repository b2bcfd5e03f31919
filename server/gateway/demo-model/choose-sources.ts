import { posix } from "node:path";
import type { Language } from "./source/mask-source";
import { languageOf } from "./source/source-file";

const TEST =
  /(^|\/)(tests?|__tests__|specs?|testing)\/|[._-](test|spec)s?\.\w+$|(^|\/)(test|test_[^/]*|conftest)\.\w+$|_test\.go$|Tests?\.java$|(^|\/)test_helpers?\b/;
const ASIDE =
  /(^|\/)(node_modules|dist|build|vendor|third_party|target|docs?|examples?|samples?|demos?|fixtures?|__fixtures__|mocks?|testdata|bench(es|marks?)?|fuzz|scripts?|tools|migrations|\.[^/]+)\/|\.(config|conf|setup|min)\.\w+$|(^|\/)(setup|conf|gruntfile|gulpfile|build|package-info|module-info|__init__|__main__|manage|doc|_version|version)\.\w+$|\.rc\.js$/i;
const DEFINITIONS: Record<Language, string> = {
  javascript: "(^|[^a-zA-Z])function +[a-zA-Z_$]+ *\\(|^(export )?const [a-zA-Z_$]+ = (async )?\\(",
  typescript: "(^|[^a-zA-Z])function +[a-zA-Z_$]+ *[(<]|^(export )?const [a-zA-Z_$]+ = (async )?\\(",
  python: "^[[:space:]]*(async )?def [a-zA-Z_]+",
  go: "^func ",
  rust: "^[[:space:]]*(pub )?(const )?fn ",
  java: "^[[:space:]]+(public|protected|private|static).*\\(.*\\{",
};

export function isTestPath(path: string): boolean {
  return TEST.test(path);
}

/** The language with the most files that are no tests; undefined where there is none that the demo model can edit. */
export function mainLanguage(paths: readonly string[]): Language | undefined {
  const counts = new Map<Language, number>();
  for (const path of paths) {
    const language = languageOf(path);
    if (language !== undefined && !TEST.test(path) && !ASIDE.test(path)) counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0];
}

/** What to search for to see where the functions are: a POSIX extended regular expression. */
export function definitionPattern(language: Language): string {
  return DEFINITIONS[language];
}

/** Paths of a `search` result, with the number of hits of each. */
export function hitsByPath(texts: readonly string[]): Map<string, number> {
  const hits = new Map<string, number>();
  for (const line of texts.flatMap((text) => text.split("\n"))) {
    const [, path] = /^(.+?):\d+:/.exec(line) ?? [];
    if (path !== undefined) hits.set(path.replace(/^\.\//, ""), (hits.get(path.replace(/^\.\//, "")) ?? 0) + 1);
  }
  return hits;
}

interface Choice {
  paths: readonly string[];
  language: Language;
  /** Names and paths that the prompt speaks of. */
  names: readonly string[];
  definitions: ReadonlyMap<string, number>;
  mentions: ReadonlyMap<string, number>;
  most: number;
}

/** The files most worth reading: those that the prompt speaks of, then those with the most functions. */
export function chooseSources({ paths, language, names, definitions, mentions, most }: Choice): string[] {
  const score = (path: string): number => {
    const named = names.some((name) => path === name || path.endsWith(`/${name}`) || posix.basename(path).replace(/\.\w+$/, "") === name);
    const depth = path.split("/").length;
    return (named ? 1_000 : 0) + Math.min(mentions.get(path) ?? 0, 20) * 5 + Math.min(definitions.get(path) ?? 0, 25) - depth;
  };
  const family = (path: string): boolean =>
    languageOf(path) === language || (/script$/.test(language) && /script$/.test(languageOf(path) ?? ""));
  return paths
    .filter(
      (path) =>
        family(path) &&
        !TEST.test(path) &&
        (!ASIDE.test(path) || names.includes(path)) &&
        ((definitions.get(path) ?? 0) > 0 || names.includes(path)),
    )
    .sort((one, other) => score(other) - score(one) || one.localeCompare(other))
    .slice(0, most);
}

/** The test that goes with a source file: one of the same name, or near it, or else any of its language. */
export function chooseTest(paths: readonly string[], source: string): string | undefined {
  const stem = posix
    .basename(source)
    .replace(/\.\w+$/, "")
    .toLowerCase();
  const tests = paths.filter(
    (path) =>
      TEST.test(path) &&
      languageOf(path) !== undefined &&
      !/(fixtures?|helpers?|conftest|support|__init__|setup|utils?\/|\.d\.ts)/i.test(path) &&
      posix.extname(path).slice(-2) === posix.extname(source).slice(-2),
  );
  const score = (path: string): number => {
    const own = posix
      .basename(path)
      .replace(/\.\w+$/, "")
      .toLowerCase()
      .replace(/^test_|[._-]?(test|spec)s?$/g, "");
    const same = own === stem ? 100 : own.includes(stem) || (own !== "" && stem.includes(own)) ? 20 : 0;
    const near = posix.dirname(path) === posix.dirname(source) ? 10 : 0;
    const usual = /test/i.test(posix.basename(path)) ? 5 : 0;
    return same + near + usual - path.split("/").length;
  };
  return tests.sort((one, other) => score(other) - score(one) || one.localeCompare(other))[0];
}
