/** A member of the outermost object: `text.slice(from, to)` is its name, colon and value. */
export interface OutlinedMember {
  name: string;
  from: number;
  to: number;
}

/** What a JSON text looks like from outside. */
export interface JsonOutline {
  /** How deeply its arrays and objects are nested. */
  levels: number;
  /** No object has a name twice, and no name is spelled with escapes: whoever reads this text reads the same value from it. */
  plain: boolean;
  /** Those of the outermost object; none for any other value. */
  members: OutlinedMember[];
}

const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE, QUOTE, COMMA, BACKSLASH] = [0x5b, 0x5d, 0x7b, 0x7d, 0x22, 0x2c, 0x5c];

/** Looks over a text that is valid JSON, without recursion and without making its values; see `JsonOutline`. */
export function outlineJson(text: string): JsonOutline {
  const outline: JsonOutline = { levels: 0, plain: true, members: [] };
  /** Names seen in each open object; undefined for an open array. */
  const open: (Set<string> | undefined)[] = [];
  let names: Set<string> | undefined;
  let nameIsNext = false;
  let member: OutlinedMember | undefined;

  const endMember = (at: number): void => {
    if (member === undefined) return;
    member.to = at;
    outline.members.push(member);
    member = undefined;
  };
  const enter = (inner: Set<string> | undefined): void => {
    open.push(inner);
    names = inner;
    nameIsNext = inner !== undefined;
    if (open.length > outline.levels) outline.levels = open.length;
  };
  const leave = (at: number): void => {
    if (open.length === 1) endMember(at);
    open.pop();
    names = open.at(-1);
    nameIsNext = false;
  };

  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case OPEN_BRACE:
        enter(new Set());
        break;
      case OPEN_BRACKET:
        enter(undefined);
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        leave(at);
        break;
      case COMMA:
        if (open.length === 1) endMember(at);
        nameIsNext = names !== undefined;
        break;
      case QUOTE: {
        const end = endOfString(text, at + 1);
        if (nameIsNext && names !== undefined) {
          const name = text.slice(at + 1, end);
          if (names.has(name) || name.includes("\\")) outline.plain = false;
          names.add(name);
          if (open.length === 1) member = { name, from: at, to: at };
          nameIsNext = false;
        }
        at = end;
        break;
      }
      default:
    }
  }
  return outline;
}

/** Place of the quote that ends the string whose first character is at `from`. Leaps from quote to quote: most of a prompt is long strings. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (at - 1 - escapes >= from && text.charCodeAt(at - 1 - escapes) === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return at;
  }
  return text.length;
}
