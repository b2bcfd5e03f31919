import { languageOf } from "./source/source-file";

export interface Check {
  /** A shell command that fails if, and only if, a file is broken; it leaves nothing behind in the tree. */
  command: string;
  /** Names what it checks, for the sentence "… passes". */
  name: string;
  seconds: number;
}

const quoted = (paths: readonly string[]): string => paths.map((path) => `'${path.replaceAll("'", "'\\''")}'`).join(" ");

/** Quick checks of the syntax of changed files; a tool that is not there checks nothing and says so. */
export function syntaxChecks(paths: readonly string[]): Check[] {
  const of = (...languages: string[]): string[] => paths.filter((path) => languages.includes(languageOf(path) ?? ""));
  const javascript = of("javascript");
  const python = of("python");
  const go = of("go");
  const rust = of("rust");
  const java = of("java");
  // Being there is not enough: in a sandbox a program may lack what it needs.
  const check = (tool: string, probe: string, name: string, files: string[], command: string): Check[] =>
    files.length === 0
      ? []
      : [
          {
            name,
            seconds: 60,
            command: `if ${tool} ${probe} >/dev/null 2>&1; then ${command}; else echo '${tool} does not run here: skipped'; fi`,
          },
        ];
  return [
    ...check(
      "node",
      "--version",
      "`node --check`",
      javascript,
      `for file in ${quoted(javascript)}; do node --check "$file" || exit 1; done`,
    ),
    ...check(
      "python3",
      "--version",
      "Python's parser",
      python,
      `python3 -c 'import ast, sys; [ast.parse(open(path, "rb").read(), path) for path in sys.argv[1:]]' ${quoted(python)}`,
    ),
    ...check("gofmt", "-l </dev/null", "`gofmt`", go, `wrong=$(gofmt -l ${quoted(go)}) && test -z "$wrong" || { echo "$wrong"; exit 1; }`),
    ...check("rustfmt", "--version", "Rust's parser", rust, `rustfmt --edition 2021 --emit stdout ${quoted(rust)} >/dev/null`),
    ...check(
      "javac",
      "-version",
      "Java's parser",
      java,
      `javac -J-Xmx128m -J-XX:+UseSerialGC -proc:none -implicit:none -XDshould-stop.ifError=PARSE -XDshould-stop.ifNoError=PARSE -d /tmp ${quoted(java)}`,
    ),
  ];
}

/** Runs a new test where that takes no set-up; undefined where it does, or where nobody knows how. */
export function testCheck(path: string, text: string): Check | undefined {
  const file = quoted([path]);
  if (/["']node:test["']/.test(text) && path.endsWith("js")) return { name: "the new test", seconds: 60, command: `node --test ${file}` };
  const runner = /["']vitest["']/.test(text)
    ? "vitest run"
    : /["']ava["']/.test(text)
      ? "ava"
      : /\.[cm]?js$/.test(path)
        ? "mocha"
        : undefined;
  if (runner !== undefined) {
    const [bin = ""] = runner.split(" ");
    return {
      name: "the new test",
      seconds: 60,
      command: `if [ -x node_modules/.bin/${bin} ]; then node_modules/.bin/${runner} ${file}; else echo '${bin} is not installed here: skipped'; fi`,
    };
  }
  if (!path.endsWith(".py")) return undefined;
  const runs = /\bunittest\b/.test(text) ? "unittest" : "pytest";
  const flags = runs === "pytest" ? "-q -p no:cacheprovider" : "";
  const run = `PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=src:. python3 -m ${runs} ${flags} ${file}`;
  return {
    name: "the new test",
    seconds: 60,
    command: `if python3 -c 'import ${runs}' 2>/dev/null; then ${run}; else echo '${runs} is not installed here: skipped'; fi`,
  };
}

/** True where a failure tells of what is not installed or had no room, and not of the files. */
export function lacksDependencies(output: string): boolean {
  return /Cannot find (module|package)|ERR_MODULE_NOT_FOUND|ModuleNotFoundError|ImportError|No module named|insufficient memory|Java Virtual Machine|OutOfMemoryError|\[(stopped after|ended by)/.test(
    output,
  );
}
