const WILDCARDS: Record<string, string> = { "%": "\u0001", _: "\u0002", "\\": "\u0003" };

/** Text to be found by `LIKE`, which Prisma does not escape for: its wildcards become letters that nobody types. The same for what is looked for. */
export function storedSearchText(text: string): string {
  return text.toLowerCase().replace(/[%_\\]/g, (wildcard) => WILDCARDS[wildcard] ?? wildcard);
}
