import { z } from "zod";
import { changeFile, currentText } from "./change-file";
import { defineTool } from "./tool";

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
    const count = before.split(old).length - 1;
    if (count === 0)
      return { ok: false, content: `\`old\` is not in ${path}: read the file again and copy it exactly.`, summary: "not found" };
    if (count > 1 && !all) {
      return { ok: false, content: `\`old\` is in ${path} ${count} times: add lines around it, or set all.`, summary: `${count} places` };
    }
    // Not `replace` with a string: `$&` and the like in the new text would be taken for patterns.
    return changeFile(file, before, before.split(old).join(replacement), context);
  },
});
