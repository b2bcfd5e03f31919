import type { FunctionInfo } from "../../source/find-functions";
import type { SourceFile, TextFile } from "../../source/source-file";

/** What a test can be written from. */
export interface TestGround {
  /** An existing test, whose framework, place and style the new one follows. */
  example: TextFile;
  /** `package.json`, `Cargo.toml` and the like, where there is one. */
  manifest: TextFile | undefined;
  paths: readonly string[];
}

/** A test of `info`; `guarded` is the name of a parameter that it now refuses to do without. Undefined where none can be written safely. */
export type TestWriter = (ground: TestGround, file: SourceFile, info: FunctionInfo, guarded: string | undefined) => TextFile | undefined;

/** The comment that a file begins with, such as a licence, with the blank line behind it. */
export function licenceOf({ text }: TextFile): string {
  const [block = ""] = /^(\/\*[^]*?\*\/\r?\n+|(\/\/[^\n]*\n|#(?!!)[^\n]*\n)+\n+)/.exec(text) ?? [];
  return /copyright|licen[cs]e/i.test(block) ? block.replaceAll("\r", "") : "";
}
