/** The lines of a text, each with its terminator (`\n`, `\r\n`), so that joining them gives the text again, byte for byte. */
export function splitLines(text: string): string[] {
  const lines: string[] = [];
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline + 1;
    lines.push(text.slice(start, end));
    start = end;
  }
  return lines;
}

/** Numbers lines so that equal lines have equal numbers: comparing numbers is what makes a diff fast. */
export interface LineNumbers {
  of(lines: readonly string[]): Int32Array;
}

export function createLineNumbers(): LineNumbers {
  const numbers = new Map<string, number>();
  return {
    of(lines) {
      const result = new Int32Array(lines.length);
      for (let at = 0; at < lines.length; at += 1) {
        const line = lines[at] ?? "";
        let number = numbers.get(line);
        if (number === undefined) numbers.set(line, (number = numbers.size));
        result[at] = number;
      }
      return result;
    },
  };
}
