/** A path as git has it: bytes, which need not be UTF-8. */
export interface PathText {
  /** For people and as a key: invalid bytes as `\xNN`. */
  path: string;
  /** Base64 of the bytes; only where the text alone would not say which they are. */
  pathBytes?: string;
}

const strict = new TextDecoder("utf-8", { fatal: true });

/** `latin1`: the bytes, one per character. */
export function pathText(latin1: string): PathText {
  if (/^[\u0000-\u007f]*$/.test(latin1)) return { path: latin1 };
  const bytes = Buffer.from(latin1, "latin1");
  try {
    return { path: strict.decode(bytes) };
  } catch {
    return { path: escaped(bytes), pathBytes: bytes.toString("base64") };
  }
}

/** Every byte that begins no valid character is written out. */
function escaped(bytes: Buffer): string {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = [1, 2, 3, 4].find((size) => at + size <= bytes.length && isCharacter(bytes.subarray(at, at + size)));
    text += length === undefined ? `\\x${(bytes[at] ?? 0).toString(16).padStart(2, "0")}` : bytes.toString("utf8", at, at + length);
    at += length ?? 1;
  }
  return text;
}

function isCharacter(bytes: Buffer): boolean {
  try {
    return [...strict.decode(bytes)].length === 1;
  } catch {
    return false;
  }
}
