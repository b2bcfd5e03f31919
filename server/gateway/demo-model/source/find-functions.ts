import { findGoFunctions } from "./find-go";
import { findJavaFunctions } from "./find-java";
import { findJavascriptFunctions } from "./find-javascript";
import { findPythonFunctions } from "./find-python";
import { findRustFunctions } from "./find-rust";
import { rememberBy } from "./remember";
import type { SourceFile } from "./source-file";

export interface Parameter {
  name: string;
  type?: string;
  /** May be left out, has a default, or takes the rest: nothing can be demanded of it. */
  optional: boolean;
  /** Has a default or takes the rest: JavaScript does not count it, nor what follows. */
  defaulted?: boolean;
}

/** A function whose body begins on the line behind its head. All numbers of lines count from 0. */
export interface FunctionInfo {
  name: string;
  /** The type or class it belongs to. */
  owner?: string;
  /** People outside of the file can call it. */
  isPublic: boolean;
  /** More can be said about it at its top level than `name(...)`: no generator, no overload, no decorator, no type parameters. */
  isPlain: boolean;
  isAsync: boolean;
  parameters: Parameter[];
  returns?: string;
  documented: boolean;
  /** Its first line, annotations included: documentation goes in front of it. */
  startLine: number;
  /** The line of its keyword and name. */
  headLine: number;
  /** The first line of its body. */
  bodyLine: number;
  /** The last line that belongs to it. */
  endLine: number;
  indent: string;
  bodyIndent: string;
}

/** The functions of a file that are laid out in the usual way, in order; others are left out. */
export const findFunctions = rememberBy((file: SourceFile): readonly FunctionInfo[] => {
  switch (file.language) {
    case "javascript":
    case "typescript":
      return findJavascriptFunctions(file);
    case "python":
      return findPythonFunctions(file);
    case "go":
      return findGoFunctions(file);
    case "rust":
      return findRustFunctions(file);
    case "java":
      return findJavaFunctions(file);
  }
});
