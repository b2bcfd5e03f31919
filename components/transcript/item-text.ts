import type { TranscriptItem } from "@/lib/run/state";
import { stripAnsi } from "@/lib/strip-ansi";

/** A tool call's title as its row shows it: one line, without a terminal's colours. */
export function toolTitle(title: string): string {
  return stripAnsi(title).replaceAll("\n", " ⏎ ");
}

/** Everything that an item says, folded or not, as plain text (Markdown stays as it was written). */
export function itemText(item: TranscriptItem): string {
  switch (item.kind) {
    case "text":
    case "thinking":
    case "notice":
      return item.text;
    case "log":
      return stripAnsi(item.text);
    case "tool": {
      const output = stripAnsi(item.output).trimEnd();
      return output === "" ? toolTitle(item.title) : `${toolTitle(item.title)}\n${output}`;
    }
    case "attempt":
      return `Attempt ${item.attempt + 1}`;
    case "message":
      return item.messages.flatMap(({ text, comments }) => [text, ...comments.map((comment) => comment.text)]).join("\n\n");
  }
}

/** The address of an item on the page that is open. */
export function itemLink(seq: number): string {
  const { origin, pathname } = window.location;
  return `${origin}${pathname}#event=${seq}`;
}
