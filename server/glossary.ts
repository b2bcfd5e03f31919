import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** A word of the product and what it means; both may hold `code`. */
export interface GlossaryEntry {
  word: string;
  meaning: string;
}

/** Reads the table of docs/glossary.md; `root` is the program's own folder. */
export async function readGlossary(root: string): Promise<GlossaryEntry[]> {
  const lines = (await readFile(join(root, "docs/glossary.md"), "utf8")).split("\n");
  return lines.flatMap((line) => {
    const [, word, meaning] = /^\| \*\*(.+?)\*\* +\| (.+?) +\|$/.exec(line) ?? [];
    return word === undefined || meaning === undefined ? [] : [{ word, meaning: meaning.replaceAll(/\b_(.+?)_\b/g, "$1") }];
  });
}
