import { readFile, stat } from "node:fs/promises";
import { z } from "zod";
import { defineTool } from "./tool";

const LINES = 1_500;
const CHARACTERS = 100_000;
const FILE_BYTES = 20 * 1024 * 1024;

/** A part of a text file with line numbers. */
export const readTool = defineTool({
  name: "read",
  kind: "read",
  description: `Reads a text file; each line is \`number<TAB>text\`. At most ${LINES} lines at once.`,
  input: z.object({
    path: z.string(),
    from: z.int().min(1).optional().describe("First line, from 1."),
    to: z.int().min(1).optional().describe("Last line, included."),
  }),
  title: ({ path }) => path,
  async run({ path, from = 1, to = Infinity }, { workspace }) {
    const file = await workspace.resolve(path);
    const info = await stat(file);
    if (info.isDirectory()) return { ok: false, content: `${path} is a folder: use list.`, summary: "a folder" };
    if (!info.isFile()) return { ok: false, content: `${path} is no file.`, summary: "no file" };
    const { size } = info;
    if (size > FILE_BYTES) return { ok: false, content: `${path} has ${size} bytes: too long to read. Search in it.`, summary: "too long" };
    const bytes = await readFile(file);
    if (bytes.subarray(0, 8_000).includes(0)) return { ok: false, content: `${path} is binary.`, summary: "binary" };
    const lines = bytes.toString("utf8").split(/\r?\n/);
    if (lines.at(-1) === "") lines.pop();
    const last = Math.min(lines.length, to, from + LINES - 1);
    const shown: string[] = [];
    let characters = 0;
    for (let number = from; number <= last && characters < CHARACTERS; number += 1) {
      const line = `${number}\t${lines[number - 1] ?? ""}`.slice(0, CHARACTERS);
      characters += line.length;
      shown.push(line);
    }
    const end = from + shown.length - 1;
    const more = end < Math.min(lines.length, to) ? `\n[... ${lines.length - end} more lines]` : "";
    if (shown.length === 0)
      return { ok: true, content: lines.length === 0 ? "(empty file)" : `(the file has ${lines.length} lines)`, summary: "empty" };
    return { ok: true, content: shown.join("\n") + more, summary: `${from}–${end}` };
  },
});
