import type { ToolItem } from "./run/state";

/** The verb of a tool call's row: what is being done, or what was done. */
export function toolVerb({ toolKind, tool, finished }: Pick<ToolItem, "toolKind" | "tool" | "finished">): string {
  const running = finished === undefined;
  switch (toolKind) {
    case "read":
      return running ? "Reading" : "Read";
    case "search":
      return running ? "Searching" : "Searched";
    case "edit":
      if (/write|create/i.test(tool)) return running ? "Writing" : "Wrote";
      return running ? "Editing" : "Edited";
    case "command":
      return running ? "Running" : "Ran";
    case "other":
      return tool;
  }
}

/** `+31 −9` as its two numbers, so that each has its colour. */
export function lineCounts(summary: string | undefined): { added?: string; deleted?: string } | undefined {
  const match = /^(\+\d+)?\s*([−-]\d+)?$/.exec(summary?.trim() ?? "");
  return match === null || match[0] === "" ? undefined : { added: match[1], deleted: match[2] };
}
