import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { RunnerName } from "./story";

/** What a runner said on its plain output, read here and nowhere else. */
export interface PlainResult {
  code: number;
  /** By a name that product and plain output both come to. */
  tests: Map<string, "passed" | "failed" | "skipped">;
  /** Files, modules or packages that could not be loaded. */
  unloaded: number;
  output: string;
}

interface Runner {
  /** In words, for who lacks it. */
  needs: string;
  probe: readonly string[];
  command(files: readonly string[]): string;
  read(output: string): Omit<PlainResult, "code" | "output">;
  /** The same name, from what the product says. */
  key(name: string, file: string | undefined): string;
  isTest: RegExp;
}

/** What a sandbox sees of this machine's programs. */
const PATH = "/usr/local/bin:/usr/bin:/bin";
const spaced = (name: string): string => name.replaceAll(" > ", " ");
type Tests = PlainResult["tests"];

function each(output: string, pattern: RegExp, take: (match: RegExpExecArray) => void): void {
  for (const line of output.split("\n")) {
    const match = pattern.exec(line);
    if (match !== null) take(match);
  }
}

/** `ok 1 - name`, flat. */
function readTap(output: string): Tests {
  const tests: Tests = new Map();
  each(output, /^(not )?ok \d+ (?:- )?(.*?)(?: # (SKIP|TODO).*)?$/i, ([, not, name = "", skipped]) => {
    tests.set(name, skipped !== undefined ? "skipped" : not === undefined ? "passed" : "failed");
  });
  return tests;
}

/** node:test's `spec`: `✔ name (1ms)`; groups stand before their tests, one step further left. */
function readNodeSpec(output: string): Omit<PlainResult, "code" | "output"> {
  const tests: Tests = new Map();
  const open: string[] = [];
  let unloaded = 0;
  const [body = ""] = output.split("✖ failing tests:");
  each(body, /^( *)(▶|✔|✖|﹣) (.*?)(?: \([\d.]+m?s\))?(?: # .*)?$/, ([, indent = "", mark, name = ""]) => {
    const depth = indent.length / 2;
    // A group is named once before its tests and once behind, with its verdict or without.
    if (open[depth] === name) {
      open.length = depth;
      return;
    }
    if (mark === "▶") {
      open.splice(depth, open.length, name);
      return;
    }
    if (depth === 0 && /\.[cm]?[jt]s$/.test(name)) unloaded += 1;
    else tests.set([...open.slice(0, depth), name].join(" "), mark === "✔" ? "passed" : mark === "✖" ? "failed" : "skipped");
  });
  return { tests, unloaded };
}

function readPytest(output: string): Omit<PlainResult, "code" | "output"> {
  const tests: Tests = new Map();
  let unloaded = 0;
  each(output, /^(\S+\.py)::(.+?) (PASSED|FAILED|SKIPPED|XFAIL|XPASS|ERROR)\b/, ([, file = "", name = "", word]) => {
    tests.set(
      `${file}::${name}`,
      word === "PASSED" || word === "XPASS" ? "passed" : word === "FAILED" || word === "ERROR" ? "failed" : "skipped",
    );
  });
  each(output, /^_+ ERROR collecting (\S+) _+$/, () => {
    unloaded += 1;
  });
  return { tests, unloaded };
}

/** `test_x (module.Class.test_x) ... ok`; of a documented test the result stands on the next line. */
function readUnittest(output: string): Omit<PlainResult, "code" | "output"> {
  const tests: Tests = new Map();
  let [current, unloaded] = ["", 0];
  for (const line of output.split("\n")) {
    const [, name, place = ""] = /^(\w+) \(([\w.]+)\)/.exec(line) ?? [];
    if (name !== undefined) current = place.endsWith(`.${name}`) ? place : `${place}.${name}`;
    const word = /(?:^|\.\.\. )(ok|FAIL|ERROR|skipped .*)$/.exec(line)?.[1];
    if (word === undefined || current === "") continue;
    if (current.startsWith("unittest.loader._FailedTest")) unloaded += 1;
    else tests.set(current, word === "ok" ? "passed" : word.startsWith("skipped") ? "skipped" : "failed");
    current = "";
  }
  return { tests, unloaded };
}

function readGo(output: string): Omit<PlainResult, "code" | "output"> {
  const tests: Tests = new Map();
  let waiting: [string, "passed" | "failed" | "skipped"][] = [];
  let unloaded = 0;
  for (const line of output.split("\n")) {
    const [, word, name = ""] = /^\s*--- (PASS|FAIL|SKIP): (\S+)/.exec(line) ?? [];
    if (word !== undefined) waiting.push([name, word === "PASS" ? "passed" : word === "FAIL" ? "failed" : "skipped"]);
    const unbuilt = /^FAIL\t(\S+) \[(build|setup) failed\]/.exec(line);
    if (unbuilt !== null) unloaded += 1;
    const [, place] = /^(?:ok {2}|FAIL|---)\t(\S+)/.exec(line) ?? [];
    if (place === undefined) continue;
    // A group's verdict is that of its tests, unless none of them failed and it did.
    const failedBelow = (group: string): boolean => waiting.some(([other, how]) => how === "failed" && other.startsWith(`${group}/`));
    const isGroup = (group: string): boolean => waiting.some(([other]) => other.startsWith(`${group}/`));
    for (const [test, how] of waiting) {
      if (!isGroup(test) || (how === "failed" && !failedBelow(test))) tests.set(`${place} ${test}`, how);
    }
    waiting = [];
  }
  return { tests, unloaded };
}

function readCargo(output: string): Omit<PlainResult, "code" | "output"> {
  const tests: Tests = new Map();
  let [target, unloaded] = ["", 0];
  for (const line of output.split("\n")) {
    target = /^\s+(?:Running (?:unittests )?|Doc-tests )(\S+)/.exec(line)?.[1] ?? target;
    const [, name, word] = /^test (.+?) \.\.\. (ok|FAILED|ignored)/.exec(line) ?? [];
    if (name !== undefined) tests.set(`${target} ${name}`, word === "ok" ? "passed" : word === "FAILED" ? "failed" : "skipped");
    if (/^error: could not compile/.test(line)) unloaded += 1;
  }
  return { tests, unloaded };
}

const moduleOf = (file: string): string => file.replace(/\.py$/, "").replaceAll("/", ".");
const javascript = /\.(test|spec)\.[cm]?js$|(^|\/)test\/[^/]+\.js$/;

export const runners: Record<RunnerName, Runner> = {
  node: {
    needs: "node",
    probe: ["node", "--version"],
    command: (files) => `node --test --test-reporter=spec ${files.join(" ")}`,
    read: readNodeSpec,
    key: spaced,
    isTest: javascript,
  },
  mocha: {
    needs: "mocha",
    probe: ["node", "--version"],
    command: (files) => `node_modules/.bin/mocha --check-leaks --reporter tap ${files.join(" ")}`,
    read: (output) => ({ tests: readTap(output), unloaded: /^# tests \d+$/m.test(output) ? 0 : 1 }),
    key: spaced,
    isTest: javascript,
  },
  jest: {
    needs: "jest",
    probe: ["node", "--version"],
    command: (files) => `node_modules/.bin/jest --verbose ${files.join(" ")} 2>&1`,
    read: () => ({ tests: new Map(), unloaded: 0 }),
    key: spaced,
    isTest: javascript,
  },
  vitest: {
    needs: "vitest",
    probe: ["node", "--version"],
    command: (files) => `node_modules/.bin/vitest run --reporter=tap-flat ${files.join(" ")}`,
    read: (output) => ({ tests: readTap(output), unloaded: 0 }),
    key: (name, file) => `${file ?? ""} ${name}`,
    isTest: javascript,
  },
  pytest: {
    needs: "pytest (Debian: python3-pytest)",
    probe: ["pytest", "--version"],
    command: (files) => `pytest -v -p no:cacheprovider --color=no ${files.join(" ")}`,
    read: readPytest,
    key(name, file = "") {
      const [place = "", ...test] = name.split(" > ");
      const classes = place === moduleOf(file) ? [] : place.slice(moduleOf(file).length + 1).split(".");
      return [file, ...classes, test.join(" > ")].join("::");
    },
    isTest: /(^|\/)(test_[^/]*|[^/]*_test)\.py$/,
  },
  unittest: {
    needs: "Python 3",
    probe: ["python3", "--version"],
    command: (files) => (files.length === 0 ? "python3 -m unittest discover -v 2>&1" : `python3 -m unittest -v ${files.join(" ")} 2>&1`),
    read: readUnittest,
    key: (name, file = "") => `${moduleOf(file)}.${name.replaceAll(" > ", ".")}`,
    isTest: /(^|\/)(test_[^/]*|[^/]*_test)\.py$/,
  },
  go: {
    needs: "Go",
    probe: ["go", "version"],
    command: () => "go test -v ./... 2>&1",
    read: readGo,
    key: (name, file = "") => `${file} ${name.replaceAll(" > ", "/")}`,
    isTest: /_test\.go$/,
  },
  cargo: {
    needs: "Rust's cargo",
    probe: ["cargo", "--version"],
    command: () => "cargo test --offline --no-fail-fast 2>&1",
    read: readCargo,
    key: (name, file = "") => `${file} ${name}`,
    isTest: /(^|\/)tests\/[^/]+\.rs$/,
  },
};

/** Whether the runner is where a sandbox would find it too. */
export function isThere(runner: RunnerName): boolean {
  const [program = "", ...args] = runners[runner].probe;
  return spawnSync(program, args, { env: environment(), stdio: "ignore" }).status === 0;
}

/** Runs the runner in a folder, as a person would. */
export function runPlainly(runner: RunnerName, folder: string, files: readonly string[] = []): PlainResult {
  const { command, read } = runners[runner];
  const { code, output } = shell(command(files), folder);
  return { code, output, ...read(output) };
}

export function shell(command: string, folder: string): { code: number; output: string } {
  const { status, stdout, stderr } = spawnSync("/bin/bash", ["-c", command], {
    cwd: folder,
    env: environment(),
    encoding: "utf8",
    maxBuffer: 1e8,
  });
  return { code: status ?? -1, output: stdout + stderr };
}

function environment(): NodeJS.ProcessEnv {
  const { HOME } = process.env;
  const own =
    existsSync("/usr/bin/node") || existsSync("/usr/local/bin/node") ? PATH : `${process.execPath.replace(/\/node$/, "")}:${PATH}`;
  return { PATH: own, HOME, LANG: "C.UTF-8", NO_COLOR: "1", CI: "1", NODE_ENV: "test" };
}
