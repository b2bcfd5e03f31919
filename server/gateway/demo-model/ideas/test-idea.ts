import { type FunctionInfo, findFunctions } from "../source/find-functions";
import type { Language } from "../source/mask-source";
import type { SourceFile } from "../source/source-file";
import type { Idea } from "./idea";
import { writeGoTest } from "./tests/go-test";
import { writeJavaTest } from "./tests/java-test";
import { writeJavascriptTest } from "./tests/javascript-test";
import { writePythonTest } from "./tests/python-test";
import { writeRustTest } from "./tests/rust-test";
import type { TestGround, TestWriter } from "./tests/test-writer";

const WRITERS: Record<Language, TestWriter> = {
  javascript: writeJavascriptTest,
  typescript: writeJavascriptTest,
  python: writePythonTest,
  go: writeGoTest,
  rust: writeRustTest,
  java: writeJavaTest,
};

/** Tests of what others rely on, in the repository's own framework, for public functions. */
export function proposeTests(ground: TestGround, file: SourceFile): Idea[] {
  return findFunctions(file).flatMap((info) => (info.isPublic ? (proposeTest(ground, file, info, undefined) ?? []) : []));
}

/** A test of this function; `guarded` is a parameter that it refuses to do without since a moment ago. */
export function proposeTest(ground: TestGround, file: SourceFile, info: FunctionInfo, guarded: string | undefined): Idea | undefined {
  const written = WRITERS[file.language](ground, file, info, guarded);
  if (written === undefined) return undefined;
  return {
    kind: "test",
    key: `test ${written.path}`,
    path: written.path,
    edits: [],
    files: [written],
    plan: `add \`${written.path}\`, which pins what callers of \`${info.name}\` rely on${guarded === undefined ? "" : " and the new error"}`,
    why: `Nothing would notice yet if the way \`${info.name}\` is called changed by accident.`,
    target: { file, info },
  };
}
