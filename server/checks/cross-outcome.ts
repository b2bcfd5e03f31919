import type { CrossOutcome } from "@/lib/run/check-names";
import type { TestCase } from "./reports/test-report";
import type { StoredResult } from "./stored-result";
import { hasFailed, settledTests } from "./test-verdicts";

/** What the tests of one tree came to on the code of another. */
export interface CrossResult {
  outcome: CrossOutcome;
  reason?: string;
  passed: number;
  total: number;
  failing: readonly Pick<TestCase, "name" | "file" | "message">[];
}

/** What is said where a name, module or member that the tests want is not there: in JavaScript, Python, Go, Rust, Java and Kotlin. */
const MISSING =
  /^\s*(TypeError: .{0,200} is not a (function|constructor)|ReferenceError: |SyntaxError: .{0,300}(export|import)|ImportError|ModuleNotFoundError|NameError: |AttributeError: module |Error: Cannot find module|Error \[ERR_MODULE_NOT_FOUND\]|\S{1,300}:\d+:\d+: undefined: |\S{1,300}:\d+:\d+: .{1,200} has no field or method |error\[E0(425|432|433|599)\]|.{0,300}\b(cannot find symbol|package \S+ does not exist)$|e: .{0,300}[Uu]nresolved reference)/m;

/** Surefire and Gradle call each exception in a test an error; one that the JVM throws for a missing name is told apart. */
const THROWN =
  /^\s*(?!java\.lang\.(NoSuch(Method|Field)|NoClassDefFound|IncompatibleClassChange)Error)[\w$]+(\.[\w$]+)+(Exception|Error)\b/;

/**
 * From a run of the whole suite, or of some files of it, to the tests in `files`. `no_api`: all that fails there could not be loaded, or missed
 * something that is not there. `functions`: names of Go's tests, whose reports name packages instead of files.
 */
export function crossOutcome(result: StoredResult, output: string, files: readonly string[], functions: ReadonlySet<string>): CrossResult {
  const nothing = { passed: 0, total: 0, failing: [] };
  if (result.verdict === "skipped" || result.verdict === "error") return { outcome: result.verdict, reason: result.reason, ...nothing };
  const tests = settledTests(result.reports ?? []).filter((test) => files.some((file) => isOf(test, file, functions)));
  const failing = tests.filter((test): test is typeof test & TestCase => test.status !== "flaky" && hasFailed(test as TestCase));
  const passed = tests.filter(({ status }) => status === "passed" || status === "flaky").length;
  const counts = { passed, total: tests.filter(({ status }) => status !== "skipped").length, failing };
  if (failing.length > 0) {
    const noApi = failing.every(isMissing);
    return {
      outcome: noApi ? "no_api" : "failed",
      ...(noApi ? { reason: "They want something that this code does not have." } : {}),
      ...counts,
    };
  }
  if (passed > 0) return { outcome: "passed", ...counts };
  if (result.exitCode !== 0 && MISSING.test(output)) return { outcome: "no_api", reason: "They could not be loaded there.", ...counts };
  const reason = result.exitCode === 0 ? "The runner ran none of them." : "The runner said nothing of them.";
  return { outcome: result.exitCode === 0 ? "none" : "error", reason, ...counts };
}

function isOf({ file = "", name }: Pick<TestCase, "file" | "name">, path: string, functions: ReadonlySet<string>): boolean {
  if (file === path || name === path || (file !== "" && path.endsWith(`/${file}`))) return true;
  // Java's and Kotlin's reports name classes.
  if (/\.(java|kt|scala)$/.test(path))
    return `/${path.replace(/\.\w+$/, "")}`.endsWith(`/${file.replace(/\$.*/, "").replaceAll(".", "/")}`);
  if (!path.endsWith("_test.go")) return false;
  const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
  const inPackage = folder === "" ? !file.includes("\0") : file.endsWith(`/${folder}`) || file === folder;
  return inPackage && (functions.has(name.split(" > ")[0] ?? "") || name === file);
}

/** A file that could not be loaded has no verdict of its own. */
function isMissing({ status, message = "" }: TestCase): boolean {
  return (status === "errored" && !THROWN.test(message)) || MISSING.test(message);
}
