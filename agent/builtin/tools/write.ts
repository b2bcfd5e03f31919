import { z } from "zod";
import { changeFile, currentText } from "./change-file";
import { defineTool } from "./tool";

/** A whole file, new or replaced. */
export const writeTool = defineTool({
  name: "write",
  kind: "edit",
  description: "Creates a file, or replaces it whole. Folders are made as needed. To change a part of a file use edit.",
  input: z.object({ path: z.string().min(1), content: z.string() }),
  title: ({ path }) => path,
  async run({ path, content }, context) {
    const file = await context.workspace.resolve(path);
    return changeFile(file, await currentText(file), content, context);
  },
});
