import type { Comment } from "./comment-schema";
import type { RunMessage } from "./message-state";
import { variationLetter } from "./select";

/** Messages as the words that one recipient's agent is given, comments with their exact context. */
export function messageText(messages: readonly RunMessage[], recipient: number): string {
  const parts = messages.flatMap(({ text, comments }) => [
    ...(text.trim() === "" ? [] : [text.trim()]),
    ...comments.map((comment, at) => commentText(comment, comments.length === 1 ? "Comment" : `Comment ${at + 1}`, recipient)),
  ]);
  return parts.join("\n\n");
}

function commentText(comment: Comment, name: string, recipient: number): string {
  const { on, text, port, reply } = comment;
  const whose = ownerWords(on.variation, recipient);
  const place =
    on.kind === "lines"
      ? `${name} on \`${on.path}:${on.from}${on.to === on.from ? "" : `-${on.to}`}\` in ${whose} (blob ${on.blob.slice(0, 12)}):`
      : `${name} on what ${on.variation === recipient ? "you" : `variation ${variationLetter(on.variation)}`} did (${on.title}):`;
  const parts = [place, quoted(on.quote)];
  if (reply !== undefined) {
    const earlier = reply.earlier.map((said) => `- ${said.replaceAll("\n", "\n  ")}`).join("\n");
    parts.push(`It goes on a thread about this place. Said there before, oldest first:\n\n${earlier}`);
  }
  if (port !== undefined)
    parts.push(
      `Port this change to your tree. It was made in ${whose}, to \`${on.kind === "lines" ? on.path : ""}\` and stands here against the base, as a unified diff; it may not apply as it is. Bring what it does into your own code, in your code's way, and leave the rest of your work as it is.`,
      fenced(port),
    );
  if (text.trim() !== "") parts.push(text.trim());
  return parts.join("\n\n");
}

function ownerWords(variation: number | undefined, recipient: number): string {
  if (variation === undefined) return "the base";
  return variation === recipient ? "your tree" : `variation ${variationLetter(variation)}, another agent's work`;
}

function quoted(text: string): string {
  return text
    .split("\n")
    .map((line) => `> ${line}`.trimEnd())
    .join("\n");
}

/** A fence longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}diff\n${text.replace(/\n$/, "")}\n${fence}`;
}
