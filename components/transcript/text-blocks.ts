/** Characters of the blocks that are drawn as one piece; the browser skips a piece that is out of sight. */
const PIECE_LENGTH = 3_000;
/** A longer block is not parsed as Markdown: colouring it would hold up the page. */
export const BLOCK_LIMIT = 60_000;

/** A growing text, cut where Markdown can be read piece by piece. */
export interface TextBlocks {
  /** Finished blocks, several to a piece. Only the last piece, which the tail will be part of, may be another one next time. */
  pieces: readonly (readonly string[])[];
  /** What may still change its meaning. */
  tail: string;
}

/**
 * Cuts one growing text. What was cut off once stays as it is, whatever comes: so it is parsed once, and what a person has selected in it
 * stays selected. Looks at new text only. A text that did not grow out of the last one is cut anew.
 */
export function createTextBlocks(): (text: string) => TextBlocks {
  let seen = "";
  let pieces: readonly (readonly string[])[] = [[]];
  let filled = 0;
  let cutAt = 0;
  return (text) => {
    if (!text.startsWith(seen)) [pieces, filled, cutAt] = [[[]], 0, 0];
    seen = text;
    for (let end = endOfBlock(text, cutAt); end !== undefined; end = endOfBlock(text, cutAt)) {
      const block = text.slice(cutAt, end);
      pieces = [...pieces.slice(0, -1), [...(pieces.at(-1) ?? []), block]];
      filled += block.length;
      cutAt = end;
      if (filled < PIECE_LENGTH) continue;
      pieces = [...pieces, []];
      filled = 0;
    }
    return { pieces, tail: text.slice(cutAt) };
  };
}

const FENCE = /^( {0,3})(`{3,}|~{3,})/;
/** Lines that may go on with a list or a quotation above an empty line. */
const CONTINUES = /^(\s|>|[-*+](\s|$)|\d+[.)])/;

/**
 * Where the block that begins at `from` ends, when that is certain: behind an empty line, before a line that begins something new. Code
 * that is not part of a list is a block of its own.
 */
function endOfBlock(text: string, from: number): number | undefined {
  let fence: { mark: string; own: boolean } | undefined;
  let empty = false;
  let blank = true;
  for (let at = from; ; ) {
    const newline = text.indexOf("\n", at);
    if (newline === -1) return empty && fence === undefined && begins(text.slice(at)) ? at : undefined;
    const line = text.slice(at, newline);
    const [, indent, mark] = FENCE.exec(line) ?? [];
    if (fence !== undefined) {
      if (mark?.startsWith(fence.mark) === true && line.trim() === mark) {
        if (fence.own) return newline + 1;
        fence = undefined;
      }
    } else if (line.trim() === "") empty = !blank;
    else {
      if (!blank && (empty ? begins(line) : indent === "")) return at;
      empty = false;
      fence = mark === undefined ? undefined : { mark, own: indent === "" && blank };
    }
    blank &&= line.trim() === "";
    at = newline + 1;
  }
}

/** Whether a line that may not be whole yet begins a block of its own for certain. */
function begins(line: string): boolean {
  return line !== "" && !CONTINUES.test(line) && !/^\d+$/.test(line);
}
