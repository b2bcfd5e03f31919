import { z } from "zod";
import { changeFile, currentText } from "./change-file";
import { nearestPlaces } from "./nearest-lines";
import { defineTool, type ToolResult } from "./tool";

const NAMED_PLACES = 10;
/** What `read` puts before each line. */
const LINE_NUMBERS = /^ *\d+\t/;

/** A part of a file, replaced exactly. */
export const editTool = defineTool({
  name: "edit",
  kind: "edit",
  description:
    "Replaces text in a file. `old` must be in the file exactly once, white space included (without the line numbers that read adds), unless `all` is set.",
  input: z.object({ path: z.string().min(1), old: z.string().min(1), new: z.string(), all: z.boolean().optional() }),
  title: ({ path }) => path,
  async run({ path, old, new: replacement, all = false }, context) {
    const file = await context.workspace.resolve(path);
    const before = await currentText(file);
    if (before === undefined) return { ok: false, content: `${path} does not exist: use write.`, summary: "no such file" };
    if (old === replacement) return { ok: false, content: "`old` and `new` are the same: nothing to change.", summary: "no change" };
    // Files with CR LF are shown without CR, so a copy of their lines has none.
    const windows = !before.includes(old) && old.includes("\n") && before.includes("\r\n");
    const [wanted, put] = windows ? [withCarriageReturns(old), withCarriageReturns(replacement)] : [old, replacement];
    const parts = before.split(wanted);
    if (parts.length === 1) return notFound(path, before, old);
    if (parts.length > 2 && !all) return ambiguous(path, parts, wanted);
    // Not `replace` with a string: `$&` and the like in the new text would be taken for patterns.
    return changeFile(file, before, parts.join(put), context);
  },
});

function withCarriageReturns(text: string): string {
  return text.replace(/\r?\n/g, "\r\n");
}

function notFound(path: string, text: string, old: string): ToolResult {
  const say = (hint: string): ToolResult => ({ ok: false, content: `\`old\` is not in ${path}. ${hint}`, summary: "not found" });
  const lines = old.split("\n");
  if (lines.every((line) => line === "" || LINE_NUMBERS.test(line))) {
    return say("It begins with the line numbers that read adds: leave them out.");
  }
  const places = nearestPlaces(text.replace(/\r\n/g, "\n"), old);
  if (places.length === 0) return say("Nothing in the file is much like it: read the file again.");
  const blank = (value: string): string => value.replace(/\s+/g, "");
  const onlySpace = places.some((place) => blank(place.lines.join("\n")).includes(blank(old)));
  const shown = places.map(({ from, lines: near }) => near.map((line, at) => `${from + at}\t${line}`).join("\n"));
  const hint = onlySpace ? "It differs in white space only; this is what is there" : "The nearest lines are";
  return say(`${hint} (line number, tab, text):\n${shown.join("\n[or]\n")}`);
}

function ambiguous(path: string, parts: readonly string[], wanted: string): ToolResult {
  const count = parts.length - 1;
  const numbers: number[] = [];
  let line = 1;
  for (const part of parts.slice(0, -1)) {
    line += part.split("\n").length - 1;
    numbers.push(line);
    line += wanted.split("\n").length - 1;
  }
  const named = numbers.slice(0, NAMED_PLACES).join(", ") + (count > NAMED_PLACES ? ", …" : "");
  const content = `\`old\` is in ${path} ${count} times, at lines ${named}: add lines around the one you mean, or set all.`;
  return { ok: false, content, summary: `${count} places` };
}
