/** NUL, and halves of surrogate pairs that stand alone. */
const UNSTORABLE = /\0|\p{Cs}/gu;

/**
 * Text as JSON, SQLite and PostgreSQL (`text` and `jsonb`) can all store it: NUL becomes U+2400 and a lone surrogate U+FFFD. Every other
 * control character stays: it is harmless in storage, and a view needs escapes and carriage returns to know what a terminal would show.
 */
export function plainText(text: string): string {
  return text.replace(UNSTORABLE, (found) => (found === "\0" ? "\u2400" : "\ufffd"));
}

/** The first `length` characters (UTF-16 units) at most; one less where the cut would go through a surrogate pair. */
export function firstCharacters(text: string, length: number): string {
  if (text.length <= length) return text;
  return text.slice(0, isPair(text, length) ? length - 1 : Math.max(0, length));
}

/** The last `length` characters (UTF-16 units) at most; one less where the cut would go through a surrogate pair. */
export function lastCharacters(text: string, length: number): string {
  if (text.length <= length) return text;
  const from = text.length - Math.max(0, length);
  return text.slice(isPair(text, from) ? from + 1 : from);
}

/** True when the characters on both sides of place `at` are one code point. */
function isPair(text: string, at: number): boolean {
  return at > 0 && (text.codePointAt(at - 1) ?? 0) > 0xffff;
}

/**
 * A plain JSON value with `change` applied to every string in it, except those under the keys in `keep`. The same reference when nothing
 * changed, so that the common case costs no memory. It recurses: give it values of known depth only (what a schema let through).
 */
export function mapStrings<T>(value: T, change: (text: string) => string, keep?: ReadonlySet<string>): T {
  return mapped(value, change, keep) as T;
}

function mapped(value: unknown, change: (text: string) => string, keep?: ReadonlySet<string>): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => mapped(item, change, keep));
    return items.some((item, at) => item !== value[at]) ? items : value;
  }
  if (typeof value !== "object" || value === null) return value;
  let copy: Record<string, unknown> | undefined;
  for (const [key, item] of Object.entries(value)) {
    if (keep?.has(key)) continue;
    const changed = mapped(item, change, keep);
    if (changed !== item) {
      copy ??= { ...value };
      copy[key] = changed;
    }
  }
  return copy ?? value;
}
