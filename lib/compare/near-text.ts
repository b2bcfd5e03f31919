/** Equal where two texts differ in white space only, line breaks included. */
export function withoutSpaces(lines: readonly string[]): string {
  return lines.join("").replace(/\s+/g, "");
}

/** First words of lines that bring in names: JavaScript, TypeScript, Python, Go, Java, Rust, C, C#, PHP, Ruby. */
const importStart =
  /^\s*(import\b|from\s+\S+\s+import\b|(pub\s+)?use\s+[\w\\:{]|#\s*include\b|using\s+[\w.]+\s*;|require(_once|_relative)?\b|(const|let|var)\s+[^=]+=\s*require\()/;

/**
 * Equal where two texts differ in the order of imports standing together, in the order of the names in one (`{ b, a }`), or in white space.
 * A text without imports gives what `withoutSpaces` gives for its lines.
 */
export function withoutImportOrder(lines: readonly string[]): string {
  const result: string[] = [];
  let together: string[] = [];
  const flush = (): void => {
    result.push(...together.sort());
    together = [];
  };
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? "";
    if (!importStart.test(line)) {
      const bare = withoutSpaces([line]);
      if (bare !== "") {
        flush();
        result.push(bare);
      }
      at += 1;
      continue;
    }
    const end = statementEnd(lines, at);
    together.push(sortNames(withoutSpaces(lines.slice(at, end))));
    at = end;
  }
  flush();
  return result.join("");
}

/** Ranges of lines (the end left out) in which imports stand together, blank lines between them included. */
export function importBlocks(lines: readonly string[]): { start: number; end: number }[] {
  const blocks: { start: number; end: number }[] = [];
  let open = false;
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? "";
    if (!importStart.test(line)) {
      open &&= line.trim() === "";
      at += 1;
      continue;
    }
    const end = statementEnd(lines, at);
    const last = blocks.at(-1);
    if (open && last !== undefined) last.end = end;
    else blocks.push({ start: at, end });
    open = true;
    at = end;
  }
  return blocks;
}

/** A statement goes on while braces or parentheses stand open. */
function statementEnd(lines: readonly string[], start: number): number {
  let open = 0;
  for (let at = start; at < lines.length; at += 1) {
    for (const character of lines[at] ?? "") {
      if (character === "{" || character === "(") open += 1;
      else if (character === "}" || character === ")") open -= 1;
    }
    if (open <= 0) return at + 1;
  }
  return start + 1;
}

function sortNames(statement: string): string {
  return statement.replace(/\{([^{}]*)\}/g, (_, names: string) => `{${names.split(",").filter(Boolean).sort().join()}}`).replace(/;$/, "");
}
