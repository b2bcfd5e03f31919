export type Language = "javascript" | "typescript" | "python" | "go" | "rust" | "java";

interface Lexicon {
  line: string;
  block: boolean;
  nested: boolean;
  quotes: string;
  /** Quotes whose text may span lines. */
  spanning: string;
  triple: boolean;
  regex: boolean;
}

const C_LIKE: Lexicon = { line: "//", block: true, nested: false, quotes: "\"'", spanning: "", triple: false, regex: false };
const LEXICONS: Record<Language, Lexicon> = {
  javascript: { ...C_LIKE, quotes: "\"'`", spanning: "`", regex: true },
  typescript: { ...C_LIKE, quotes: "\"'`", spanning: "`", regex: true },
  python: { line: "#", block: false, nested: false, quotes: "\"'", spanning: "", triple: true, regex: false },
  go: { ...C_LIKE, quotes: "\"'`", spanning: "`" },
  rust: { ...C_LIKE, nested: true, quotes: '"', spanning: '"' },
  java: { ...C_LIKE, triple: true },
};
/** What may stand in front of a regular expression, where a slash is no division. */
const BEFORE_REGEX = /(^|[(,=:[!&|?{};+\-*%<>~^\n]|\b(?:return|typeof|case|in|of|do|else|throw|void|delete|await|yield))\s*$/;

/**
 * The text with comments and the insides of strings blanked, so that patterns only find code; quotes, line ends and all offsets stay.
 * Undefined where the text cannot be told apart safely, such as JSX: better no edit than a broken one.
 */
export function maskSource(text: string, language: Language): string | undefined {
  const lexicon = LEXICONS[language];
  const out = [...Array(text.length).keys()].map((index) => text.charAt(index));
  const blank = (from: number, to: number): void => {
    for (let index = from; index < to; index += 1) if (out[index] !== "\n" && out[index] !== "\r") out[index] = " ";
  };
  let at = 0;
  while (at < text.length) {
    const token = nextToken(text, at, language, lexicon, () => out.slice(Math.max(0, at - 40), at).join(""));
    if (token === undefined) return undefined;
    if (token.opaque > 0) blank(at + token.keep, token.end - token.keep);
    at = token.end;
  }
  return out.join("");
}

interface Token {
  end: number;
  /** 0: code. */
  opaque: number;
  /** Quote characters that stay at both ends. */
  keep: number;
}

function nextToken(text: string, at: number, language: Language, lexicon: Lexicon, before: () => string): Token | undefined {
  const char = text.charAt(at);
  const hidden = (end: number, keep = 0): Token | undefined => (end < 0 || end > text.length ? undefined : { end, opaque: 1, keep });
  if (text.startsWith(lexicon.line, at)) {
    const end = text.indexOf("\n", at);
    return hidden(end < 0 ? text.length : end);
  }
  if (lexicon.block && text.startsWith("/*", at)) return hidden(endOfBlock(text, at, lexicon.nested));
  if (language === "rust") {
    const raw = /^(?:br|r)(#*)"/.exec(text.slice(at, at + 12));
    if (raw !== null && !/\w/.test(text.charAt(at - 1))) {
      const close = text.indexOf(`"${raw[1]}`, at + raw[0].length);
      return close < 0 ? undefined : hidden(close + 1 + (raw[1]?.length ?? 0));
    }
    const literal = /^'(?:\\(?:u\{[^}]*\}|x..|.)|[^\\'\n])'/su.exec(text.slice(at, at + 16));
    if (literal !== null) return hidden(at + literal[0].length, 1);
  }
  if (lexicon.triple && (text.startsWith('"""', at) || (language === "python" && text.startsWith("'''", at)))) {
    return hidden(endOfQuote(text, at + 3, text.slice(at, at + 3), true), 3);
  }
  if (char !== "" && lexicon.quotes.includes(char)) {
    if (char === "`" && lexicon.regex) return hidden(endOfTemplate(text, at), 1);
    const raw = char === "`";
    return hidden(endOfQuote(text, at + 1, char, lexicon.spanning.includes(char), raw), 1);
  }
  if (lexicon.regex && char === "/" && BEFORE_REGEX.test(before())) return hidden(endOfRegex(text, at), 1);
  return { end: at + 1, opaque: 0, keep: 0 };
}

function endOfBlock(text: string, from: number, nested: boolean): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text.startsWith("/*", at) && (nested || depth === 0)) {
      depth += 1;
      at += 1;
    } else if (text.startsWith("*/", at)) {
      depth -= 1;
      at += 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

function endOfQuote(text: string, from: number, quote: string, spanning: boolean, raw = false): number {
  for (let at = from; at < text.length; at += 1) {
    if (text.startsWith(quote, at)) return at + quote.length;
    if (!raw && text.charAt(at) === "\\") at += 1;
    else if (!spanning && text.charAt(at) === "\n") return -1;
  }
  return -1;
}

function endOfTemplate(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === "\\") at += 1;
    else if (char === "`") return at + 1;
    else if (text.startsWith("${", at)) {
      at = endOfSubstitution(text, at + 2);
      if (at < 0) return -1;
    }
  }
  return -1;
}

/** The offset of the brace that closes a template's `${`. */
function endOfSubstitution(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === "`" || char === '"' || char === "'") {
      at = (char === "`" ? endOfTemplate(text, at) : endOfQuote(text, at + 1, char, false)) - 1;
      if (at < 0) return -1;
    } else if (char === "{") depth += 1;
    else if (char === "}") {
      if (depth === 0) return at;
      depth -= 1;
    }
  }
  return -1;
}

function endOfRegex(text: string, from: number): number {
  let inClass = false;
  for (let at = from + 1; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === "\n") return -1;
    if (char === "\\") at += 1;
    else if (char === "[") inClass = true;
    else if (char === "]") inClass = false;
    else if (char === "/" && !inClass) return at + 1;
  }
  return -1;
}
