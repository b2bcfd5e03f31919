/** A path that is being typed after an `@`. */
export interface Mention {
  /** Where the `@` stands, and where the typed part ends. */
  start: number;
  end: number;
  query: string;
}

const MAX_QUERY = 200;

/** The mention that the caret stands at the end of; undefined when it stands in none. An `@` inside a word, as in an address, begins none. */
export function mentionAt(text: string, caret: number): Mention | undefined {
  const before = text.slice(Math.max(0, caret - MAX_QUERY - 1), caret);
  const [, query] = /(?:^|[\s([{"'`,])@([^\s@"'`]*)$/.exec(before) ?? [];
  if (query === undefined) return undefined;
  return { start: caret - query.length - 1, end: caret, query };
}

/** What replaces a mention: after a folder one goes on typing, after a file the sentence goes on. */
export function completed(path: string): string {
  if (path.endsWith("/")) return `@${path}`;
  return /\s/.test(path) ? `@"${path}" ` : `@${path} `;
}
