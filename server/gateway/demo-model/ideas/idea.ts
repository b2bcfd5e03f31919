import type { FunctionInfo } from "../source/find-functions";
import { applyEdit, type Edit, type SourceFile, type TextFile } from "../source/source-file";

export type IdeaKind =
  | "guard"
  | "document"
  | "constant"
  | "test"
  | "rename"
  | "typo"
  | "outline"
  | "overview"
  | "fence"
  | "howto"
  | "layout"
  | "census"
  | "link"
  | "index";

/** One small change that the demo model can make on its own. */
export interface Idea {
  kind: IdeaKind;
  /** The same for the same change: no two variations make it both as their first one. */
  key: string;
  path: string;
  edits: Edit[];
  /** New files. */
  files: TextFile[];
  /** Ends the sentence "I will …". Markdown. */
  plan: string;
  /** Why it is worth it, or what it is good for: one sentence. */
  why: string;
  /** The parameter that a guard refuses to do without. */
  guarded?: string;
  /** What it is about, where that is a function. */
  target?: { file: SourceFile; info: FunctionInfo };
}

/** The texts after an idea's edits; undefined where one of them would be refused. */
export function applyIdea(texts: ReadonlyMap<string, string>, { edits, files }: Idea): Map<string, string> | undefined {
  const after = new Map(texts);
  for (const edit of edits) {
    const text = applyEdit(after.get(edit.path) ?? "", edit);
    if (text === undefined) return undefined;
    after.set(edit.path, text);
  }
  for (const { path, text } of files) after.set(path, text);
  return after;
}
