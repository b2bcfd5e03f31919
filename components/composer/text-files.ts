import { MAX_PROMPT_LENGTH } from "@/lib/protocol/bounds";

/** A text file as part of the prompt: its name, then its content in a fence that nothing in it can close. */
export function fenced(name: string, content: string): string {
  const longest = Math.max(2, ...(content.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const language = /\.([a-z0-9]{1,10})$/i.exec(name)?.[1]?.toLowerCase() ?? "";
  return `${name}:\n${fence}${language}\n${content.replace(/\r\n?/g, "\n").replace(/\n$/, "")}\n${fence}\n`;
}

/** The fenced text, or why it cannot be put in. `room`: characters that the prompt has left. */
export function takeTextFile(name: string, bytes: Uint8Array, room: number): { text: string } | { refusal: string } {
  const content = decode(bytes);
  if (content === undefined) return { refusal: `${name} is neither a picture nor text, and cannot be put into a prompt.` };
  const text = fenced(name, content);
  if (text.length <= room) return { text };
  const long = content.length.toLocaleString("en-US");
  return {
    refusal: `${name} has ${long} characters; the prompt may have ${MAX_PROMPT_LENGTH.toLocaleString("en-US")} in all. Commit it to the repository and name it with @, or put in the part that matters.`,
  };
}

function decode(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
